"""Grading a lab: every submission that is new, several at a time, one writer to the gradebook."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Protocol

from autograder.course.course import Course, Lab
from autograder.course.submissions import Submission, find_submissions
from autograder.errors import AutograderError
from autograder.gradebook.gradebook import CourseGradebook
from autograder.grading.marking import Marking
from autograder.results.results import Result, Results


@dataclass(frozen=True)
class Outcome:
    """A submission's result, and whether it was made now or was there already."""

    result: Result
    fresh: bool


class Workers(Protocol):
    """Who does the grading; `LocalWorkers` or `ClusterWorkers`."""

    def grade(
        self, marking: Marking, todo: Iterable[tuple[Submission, str]]
    ) -> Generator[tuple[Submission, Result]]:
        """The results of submissions, each with its fingerprint, in any order."""


class GradingRun:
    """One run of `autograder grade`.

    Args:
        course: the course.
        lab: the lab.
        force: grade unchanged submissions again, too.

    Raises:
        AutograderError: the lab has no notebook, or nobody has handed one in.
    """

    def __init__(self, course: Course, lab: Lab, force: bool = False) -> None:
        self._lab, self._force = lab, force
        self.submissions = find_submissions(course, lab)
        self._marking = Marking.of(course, lab)
        self._registry = CourseGradebook(course)
        self._results = Results(course.results_dir / lab.name)

    def run(self, workers: Workers) -> Iterator[Outcome]:
        """Grade and record; yields each submission's outcome as soon as it is in the gradebook.

        Args:
            workers: asked only when there is something to grade.
        """
        with self._results.locked(), self._registry.open():
            self._registry.register(self._lab)
            version = self._marking.version()
            recorded = self._registry.students(self._lab)
            todo = []
            for submission in self.submissions:
                try:
                    submission.check_name()
                except AutograderError as error:
                    yield Outcome(self._marking.failed(submission, "", error), fresh=True)
                    continue
                fingerprint = submission.fingerprint(version)
                known = self._results.read(submission.student)
                if known is None or self._again(known, fingerprint):
                    todo.append((submission, fingerprint))
                    continue
                there = self._results.is_recorded(submission, known)
                if not (there and submission.student in recorded):
                    self._record(submission, known)
                yield Outcome(known, fresh=False)
            if todo:
                with closing(workers.grade(self._marking, todo)) as results:
                    for submission, result in results:
                        self._results.write(submission, result)
                        self._record(submission, result)
                        yield Outcome(result, fresh=True)

    def _again(self, known: Result, fingerprint: str) -> bool:
        # What could not be graded costs nothing to try again, and may have failed by bad luck.
        changed = known.fingerprint != fingerprint
        return self._force or changed or known.verdict.status != "graded"

    def _record(self, submission: Submission, result: Result) -> None:
        self._registry.record(submission, result.notebooks)
        self._results.mark_recorded(submission, result)
