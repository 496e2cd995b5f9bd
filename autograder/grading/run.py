"""A grading run: grades every new submission of a lab, several at a time, and records it."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Protocol

from autograder.course.course import Course, Lab
from autograder.course.submissions import Submission, find_submissions
from autograder.engine.wire.note import Note
from autograder.errors import AutograderError
from autograder.gradebook.gradebook import CourseGradebook
from autograder.grading.keep_result import ResultKeeper
from autograder.grading.marking import Marking
from autograder.results.results import Result, Results
from autograder.results.verdict import SubmissionStatus


@dataclass(frozen=True)
class GradedSubmission:
    """A submission's result.

    Args:
        result: the result.
        is_new: whether it was graded in this run.
    """

    result: Result
    is_new: bool


class Workers(Protocol):
    """`LocalWorkers` or `ClusterWorkers`."""

    def grade(
        self, marking: Marking, todo: Iterable[tuple[Submission, str]]
    ) -> Generator[tuple[Submission, Result]]:
        """The results of submissions, in any order."""


class GradingRun:
    """One run of `autograder grade`.

    Args:
        course: the course.
        lab: the lab.
        force: grade unchanged submissions again too.

    Attributes:
        marking: marks the submissions.
        submissions: the submissions of the lab.

    Raises:
        AutograderError: the lab has no notebook or no submission.
    """

    def __init__(self, course: Course, lab: Lab, force: bool = False) -> None:
        self._lab, self._force = lab, force
        self.submissions = find_submissions(course, lab)
        self._results = Results(course.results_dir / lab.name)
        self.marking = Marking.of(course, lab, self._results.read_class_seed())
        self._registry = CourseGradebook(course)
        self._keeper = ResultKeeper(self._results, self._registry, self.marking)

    def run(self, workers: Workers, note: Note | None = None) -> Iterator[GradedSubmission]:
        """Grade and record; yields each submission as soon as it is in the gradebook.

        Args:
            workers: do the grading; not started when every result is there already.
            note: what each submission's row says besides its own notes. Results without it, or
                with another one, are not kept.
        """
        with self._results.lock(), self._registry.open():
            self._registry.register(self._lab)
            digest = self.marking.compute_digest()
            also = (digest, note.text) if note else (digest,)
            recorded = self._registry.list_students(self._lab)
            todo = []
            for submission in self.submissions:
                try:
                    submission.check_name()
                except AutograderError as error:
                    failed = self.marking.make_failed_result(submission, "", error)
                    yield GradedSubmission(failed, is_new=True)
                    continue
                try:
                    submission.check_files()
                    fingerprint = submission.fingerprint(*also)
                except Exception as error:  # of any kind: it costs this submission and no other
                    failed = self.marking.make_failed_result(submission, "", error)
                    yield self._keep(submission, failed)
                    continue
                known = self._results.read(submission.student)
                if known is None or self._is_stale(known, fingerprint):
                    todo.append((submission, fingerprint))
                    continue
                is_recorded = self._results.is_recorded(submission, known)
                if not (is_recorded and submission.student in recorded):
                    self._keeper.record(submission, known)
                yield GradedSubmission(known, is_new=False)
            if todo:
                with closing(workers.grade(self.marking, todo)) as results:
                    for submission, result in results:
                        yield self._keep(submission, _add_note(result, note))

    def _keep(self, submission: Submission, result: Result) -> GradedSubmission:
        return GradedSubmission(self._keeper.keep(submission, result), is_new=True)

    def _is_stale(self, known: Result, fingerprint: str) -> bool:
        """Whether a submission has to be graded again."""
        is_changed = known.fingerprint != fingerprint
        # A submission that could not be graded is quickly tried again, and may succeed.
        has_failed = known.verdict.status is SubmissionStatus.FAILED
        return self._force or is_changed or has_failed


def _add_note(result: Result, note: Note | None) -> Result:
    if note is None:
        return result
    notes = (*result.verdict.notes, note)
    return replace(result, verdict=replace(result.verdict, notes=notes))
