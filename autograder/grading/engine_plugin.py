"""An engine on a worker of a Dask cluster, from a run's beginning to its end."""

from __future__ import annotations

import asyncio
import logging
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from distributed import Scheduler, SchedulerPlugin, Worker, WorkerPlugin, get_worker

from autograder.course.submissions import Submission
from autograder.engine.engine import Engine
from autograder.errors import AutograderError
from autograder.grading.engine_recipe import EngineRecipe
from autograder.grading.environment import list_software
from autograder.grading.marking import Marking
from autograder.results.results import Result

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Parcel:
    """A submission by value, so that machines need no common file system.

    Args:
        student: the student's id.
        lab: the lab.
        files: the content of every file, by relative path.
    """

    student: str
    lab: str
    files: Mapping[str, bytes]

    @classmethod
    def of(cls, submission: Submission) -> Parcel:
        """A submission's files.

        Raises:
            OSError: a file can't be read.
        """
        files = {str(p): (submission.folder / p).read_bytes() for p in submission.files()}
        return cls(submission.student, submission.lab, files)

    def unpack(self, folder: Path) -> Submission:
        """Write the submission's files into a folder."""
        for name, content in self.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return Submission(self.student, self.lab, folder)


class EnginePlugin(WorkerPlugin):
    """Keeps an engine on each worker, also on workers that join later.

    Args:
        recipe: how the engine is started.
        marking: marks submissions.
    """

    def __init__(self, recipe: EngineRecipe, marking: Marking) -> None:
        self._recipe, self._marking = recipe, marking
        self._software = list_software()
        self._engine: Engine | None = None
        self._folder = ""
        self._broken = ""

    @property
    def state(self) -> tuple[str, str]:
        """The isolation on this worker, and why it cannot grade ("" if it can)."""
        return (self._engine.isolation if self._engine else "", self._broken)

    async def setup(self, worker: Worker) -> None:
        """Start the engine; see `WorkerPlugin`."""
        # The worker's own folder, which Dask empties even when the worker is killed.
        self._folder = worker.local_directory
        try:
            self._check_software()
            # In a thread, because the worker has to answer its scheduler meanwhile.
            self._engine = await asyncio.to_thread(self._start)
        except Exception as error:
            self._broken = "; ".join(filter(None, (str(error), getattr(error, "hint", ""))))
            raise

    def teardown(self, worker: Worker) -> None:
        """End the engine; see `WorkerPlugin`."""
        if self._engine is not None:
            self._engine.close()

    def mark(self, parcel: Parcel, fingerprint: str) -> Result:
        """The result of one submission.

        Raises:
            NoEngineError: no engine could be started on this worker.
        """
        if self._engine is None:
            raise NoEngineError(self._broken or "the engine is not ready")
        with tempfile.TemporaryDirectory(dir=self._folder) as folder:
            return self._marking.mark(self._engine, parcel.unpack(Path(folder)), fingerprint)

    def _start(self) -> Engine:
        return self._recipe.start(_log.info).__enter__()

    def _check_software(self) -> None:
        here = list_software()
        different = [
            f"{name} {here.get(name)} instead of {theirs}"
            for name, theirs in self._software.items()
            if here.get(name) != theirs
        ]
        if different:
            raise AutograderError(
                f"the worker has {', '.join(different)}",
                "give workers the same environment as the instructor's",
            )


class EndWithClient(SchedulerPlugin):
    """Removes a run's engines from the workers when its client is gone.

    Args:
        client: the client's id.
        plugin: the name of its `EnginePlugin`.
    """

    def __init__(self, client: str, plugin: str) -> None:
        self._client, self._plugin = client, plugin
        self.name = f"end-{plugin}"

    def remove_client(self, scheduler: Scheduler, client: str) -> None:
        """A client has gone; see `SchedulerPlugin`."""
        if client == self._client:
            scheduler.loop.add_callback(self._remove, scheduler)

    async def _remove(self, scheduler: Scheduler) -> None:
        await scheduler.unregister_worker_plugin(comm=None, name=self._plugin)
        await scheduler.unregister_scheduler_plugin(name=self.name)


class NoEngineError(Exception):
    """A worker has no engine to grade with."""

    def __init__(self, reason: str, worker: str = "") -> None:
        super().__init__(reason, worker)
        self.reason, self.worker = reason, worker


def mark_on_worker(plugin: str, parcel: Parcel, fingerprint: str) -> Result:
    """Grade a submission on a worker, with the engine of the run's plugin.

    Raises:
        NoEngineError: this worker has no engine.
    """
    worker = get_worker()
    found: Any = worker.plugins.get(plugin)
    try:
        if found is None:
            raise NoEngineError("it does not have this run's plugin")
        return found.mark(parcel, fingerprint)
    except NoEngineError as error:
        raise NoEngineError(error.reason, worker.address) from None
