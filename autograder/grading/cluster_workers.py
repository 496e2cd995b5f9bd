"""Submissions graded on the workers of a Dask cluster."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from queue import Empty, Queue
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
_GO_ON = "when the scheduler is back, the same command goes on with the rest"

Todo = tuple[Submission, str]


class ClusterWorkers:
    """Grade on a cluster: one submission for each thread of its workers at a time.

    Submissions and results travel by value. A submission whose worker is lost goes to another;
    a worker that joins late is used. TLS and other settings are Dask's own.

    Args:
        address: of the scheduler, "tcp://HOST:8786" or "tls://HOST:8786".
        recipe: what the workers' engines are started with.
        say: told what an instructor should know.
    """

    def __init__(self, address: str, recipe: EngineRecipe, say: Callable[[str], None]) -> None:
        self._address, self._recipe, self._say = address, recipe, say
        # Workers that have no engine, and why; they get nothing more to do.
        self._broken: dict[str, str] = {}

    def grade(self, marking: Marking, todo: Iterable[Todo]) -> Generator[tuple[Submission, Result]]:
        """Each submission's result, as soon as it is there.

        Raises:
            AutograderError: the scheduler can't be reached or is lost, or no worker can grade.
        """
        with self._connected() as client:
            plugin = f"autograder-{uuid4().hex}"
            self._start_engines(client, EnginePlugin(self._recipe, marking), plugin)
            yield from self._results(client, plugin, marking, iter(todo))

    @contextmanager
    def _connected(self) -> Iterator[Client]:
        # Dask logs what is said below in a sentence.
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
        if not self._capacity(client):
            raise AutograderError(
                f"the scheduler at {self._address} has no workers", f"dask worker {self._address}"
            )
        try:
            client.register_plugin(EndWithClient(client.id, name))
            client.register_plugin(plugin, name=name)
        except OSError as error:
            raise self._lost() from error
        except Exception:  # a worker's own, of any type: which one, and why, is asked next
            pass
        engines = client.run(_engine_of, name)
        for worker, (isolation, broken) in sorted(engines.items()):
            if broken:
                self._leave_out(worker, broken)
            else:
                self._say(f"{worker}: isolation: {isolation}")
        if not self._capacity(client):
            raise AutograderError(
                f"no worker of {self._address} can grade", "run there: autograder doctor"
            )

    def _results(
        self, client: Client, plugin: str, marking: Marking, todo: Iterator[Todo]
    ) -> Iterator[tuple[Submission, Result]]:
        finished: Queue[Future] = Queue()
        under_way: dict[Future, Todo] = {}
        again: list[Todo] = []
        waiting_said = False
        while True:
            # A few more than can run at once, so that no worker waits; never the whole class,
            # which the scheduler would have to hold in its memory.
            while len(under_way) < max(1, 2 * self._capacity(client)):
                item = again.pop() if again else next(todo, None)
                if item is None:
                    break
                submission, fingerprint = item
                try:
                    parcel = Parcel.of(submission)
                except OSError as error:
                    yield submission, marking.failed(submission, fingerprint, error)
                    continue
                future = self._submit(client, plugin, parcel, fingerprint)
                under_way[future] = item
                future.add_done_callback(finished.put)
            if not under_way:
                return
            try:
                future = finished.get(timeout=_LOOK_SECONDS)
            except Empty:
                if not self._capacity(client) and not waiting_said:
                    self._say("no worker is left; waiting for one (Ctrl-C stops the run)")
                    waiting_said = True
                continue
            submission, fingerprint = item = under_way.pop(future)
            try:
                result = future.result()
            except NoEngineError as error:
                self._leave_out(error.worker, error.reason)
                again.append(item)
                continue
            except KilledWorker as error:
                died = AutograderError(f"{error.allowed_failures + 1} workers died grading it")
                result = marking.failed(submission, fingerprint, died)
            except Exception as error:
                if client.status != "running" or future.cancelled():
                    raise self._lost() from error
                result = marking.failed(submission, fingerprint, error)
            waiting_said = False
            yield submission, result

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

    def _capacity(self, client: Client) -> int:
        """How many submissions the workers that have an engine can grade at once.

        Raises:
            AutograderError: the scheduler is gone.
        """
        if client.status != "running":
            raise self._lost()
        try:
            threads = client.ncores()
        except Exception as error:  # whatever Dask raises then
            raise self._lost() from error
        return sum(n for worker, n in threads.items() if worker not in self._broken)

    def _leave_out(self, worker: str, reason: str) -> None:
        if worker not in self._broken:
            self._say(f"{worker} is left out: {reason}")
        self._broken[worker] = reason

    def _lost(self) -> AutograderError:
        return AutograderError(f"the scheduler at {self._address} went away", _GO_ON)


def _engine_of(plugin: str, dask_worker: object = None) -> tuple[str, str]:
    """What a worker's engine is walled in by, and why it has none."""
    return dask_worker.plugins[plugin].state
