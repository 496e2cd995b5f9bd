"""Grades submissions in threads of this process, which share one engine."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import AbstractContextManager

from autograder.course.submissions import Submission
from autograder.engine.engine import Engine
from autograder.grading.marking import Marking
from autograder.results.results import Result


class LocalWorkers:
    """Grade on this machine.

    Args:
        start_engine: called when there is something to grade; the engine is left at its end.
        number: submissions graded at the same time.
    """

    def __init__(
        self, start_engine: Callable[[], AbstractContextManager[Engine]], number: int
    ) -> None:
        self._start_engine, self._number = start_engine, number

    def grade(
        self, marking: Marking, todo: Iterable[tuple[Submission, str]]
    ) -> Generator[tuple[Submission, Result]]:
        """Each submission's result, as soon as it is ready.

        Args:
            marking: marks submissions of this lab.
            todo: submissions and their fingerprints.
        """
        with self._start_engine() as engine:
            pool = ThreadPoolExecutor(self._number)
            try:
                pending = {pool.submit(marking.mark, engine, *item): item[0] for item in todo}
                # Results are not kept: each holds whole notebooks, and a class is large.
                for future in as_completed(list(pending)):
                    yield pending.pop(future), future.result()
            finally:
                # A run that is stopped does not wait for its submissions: the engine ends them.
                pool.shutdown(wait=False, cancel_futures=True)
