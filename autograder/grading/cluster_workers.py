"""Grades submissions on the workers of a Dask cluster."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from queue import Empty, Queue
from typing import Any
from uuid import uuid4

from autograder.course.submissions import Submission
from autograder.errors import AutograderError
from autograder.grading.engine_recipe import EngineRecipe
from autograder.grading.marking import Marking
from autograder.results.results import Result

try:
    from distributed import Client, Future, KilledWorker

    from autograder.grading.engine_plugin import (
        EndWithClient,
        EnginePlugin,
        NoEngineError,
        Parcel,
        mark_on_worker,
    )
except ImportError:
    raise AutograderError(
        "--cluster needs Dask, which is not installed here",
        "pip install 'keras-course-labs[scale]'",
    ) from None

_CONNECT_SECONDS = 10
_LOOK_SECONDS = 5
_CONTINUE = "when the scheduler is back, run the same command again: it continues with the rest"

Todo = tuple[Submission, str]


class ClusterWorkers:
    """Grade on a cluster: one submission for each thread of its workers at a time.

    Submissions and results travel by value. When a worker is lost, another one grades its
    submissions; a worker that joins late is used. TLS and other settings are Dask's own.

    Args:
        address: the scheduler's, "tcp://HOST:8786" or "tls://HOST:8786".
        recipe: how the workers' engines are started.
        say: called with what an instructor should know.
    """

    def __init__(self, address: str, recipe: EngineRecipe, say: Callable[[str], None]) -> None:
        self._address, self._recipe, self._say = address, recipe, say
        # Workers without an engine, and why; they get no more submissions.
        self._broken: dict[str, str] = {}

    def grade(self, marking: Marking, todo: Iterable[Todo]) -> Generator[tuple[Submission, Result]]:
        """Each submission's result, as soon as it is ready.

        Raises:
            AutograderError: the scheduler can't be reached or is lost, or no worker can grade.
        """
        with self._connect() as client:
            plugin = f"autograder-{uuid4().hex}"
            self._start_engines(client, EnginePlugin(self._recipe, marking), plugin)
            yield from self._collect_results(client, plugin, marking, iter(todo))

    @contextmanager
    def _connect(self) -> Iterator[Client]:
        # Messages below tell the instructor what Dask logs.
        for name in ("distributed", "distributed.client", "tornado", "asyncio"):
            logging.getLogger(name).setLevel(logging.CRITICAL)
        try:
            client = Client(self._address, timeout=_CONNECT_SECONDS, set_as_default=False)
        except (OSError, ValueError, TypeError) as error:
            raise AutograderError(
                f"no Dask scheduler answers at {self._address}: {error}",
                "start one: dask scheduler; then: dask worker ADDRESS",
            ) from error
        try:
            yield client
        finally:
            client.close(timeout=5)

    def _start_engines(self, client: Client, plugin: EnginePlugin, name: str) -> None:
        if not self._count_threads(client):
            raise AutograderError(
                f"the scheduler at {self._address} has no workers", f"dask worker {self._address}"
            )
        try:
            client.register_plugin(EndWithClient(client.id, name))
            client.register_plugin(plugin, name=name)
        except OSError as error:
            raise self._make_lost_error() from error
        except Exception:  # of any type, raised by a worker: the next line asks which, and why
            pass
        engines = client.run(_find_state, name)
        for worker, (isolation, broken) in sorted(engines.items()):
            if broken:
                self._leave_out(worker, broken)
            else:
                self._say(f"{worker}: isolation: {isolation}")
        if not self._count_threads(client):
            raise AutograderError(
                f"no worker of {self._address} can grade", "run there: autograder doctor"
            )

    def _collect_results(
        self, client: Client, plugin: str, marking: Marking, todo: Iterator[Todo]
    ) -> Iterator[tuple[Submission, Result]]:
        finished: Queue[Future] = Queue()
        running: dict[Future, Todo] = {}
        again: list[Todo] = []
        has_warned = False
        while True:
            # A few more than can run at once, so that no worker waits; never the whole class,
            # which the scheduler would have to hold in its memory.
            while len(running) < max(1, 2 * self._count_threads(client)):
                item = again.pop() if again else next(todo, None)
                if item is None:
                    break
                try:
                    parcel = Parcel.of(item[0])
                except OSError as error:
                    yield item[0], marking.make_failed_result(*item, error)
                    continue
                future = self._submit(client, plugin, parcel, item[1])
                running[future] = item
                future.add_done_callback(finished.put)
            if not running:
                return
            try:
                future = finished.get(timeout=_LOOK_SECONDS)
            except Empty:
                if not self._count_threads(client) and not has_warned:
                    self._say("no worker is left; waiting for one (Ctrl-C stops the run)")
                    has_warned = True
                continue
            item = running.pop(future)
            try:
                result = self._read_result(client, future, marking, item)
            except NoEngineError as error:
                self._leave_out(error.worker, error.reason)
                again.append(item)
                continue
            has_warned = False
            yield item[0], result

    def _read_result(self, client: Client, future: Future, marking: Marking, item: Todo) -> Result:
        """The result of a finished task.

        Raises:
            NoEngineError: its worker has no engine.
            AutograderError: the scheduler is gone.
        """
        try:
            return future.result()
        except NoEngineError:
            raise
        except KilledWorker as error:
            died = AutograderError(f"{error.allowed_failures + 1} workers died grading it")
            return marking.make_failed_result(*item, died)
        except Exception as error:
            if client.status != "running" or future.cancelled():
                raise self._make_lost_error() from error
            return marking.make_failed_result(*item, error)

    def _submit(self, client: Client, plugin: str, parcel: Parcel, fingerprint: str) -> Future:
        healthy = [
            a for a in client.scheduler_info(n_workers=-1)["workers"] if a not in self._broken
        ]
        return client.submit(
            mark_on_worker,
            plugin,
            parcel,
            fingerprint,
            key=f"{plugin}-{parcel.student}-{uuid4().hex}",
            pure=False,
            workers=healthy if self._broken else None,
        )

    def _count_threads(self, client: Client) -> int:
        """How many submissions the workers with an engine can grade at once.

        Raises:
            AutograderError: the scheduler is gone.
        """
        if client.status != "running":
            raise self._make_lost_error()
        try:
            threads = client.ncores()
        except Exception as error:  # of any type that Dask raises
            raise self._make_lost_error() from error
        return sum(n for worker, n in threads.items() if worker not in self._broken)

    def _leave_out(self, worker: str, reason: str) -> None:
        if worker not in self._broken:
            self._say(f"{worker} is left out: {reason}")
        self._broken[worker] = reason

    def _make_lost_error(self) -> AutograderError:
        return AutograderError(f"the scheduler at {self._address} went away", _CONTINUE)


def _find_state(plugin: str, dask_worker: Any = None) -> tuple[str, str]:
    """The isolation on a worker, and why it has no engine ("" if it has one)."""
    return dask_worker.plugins[plugin].state
