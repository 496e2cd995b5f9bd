"""Writes a result to `results/`, the gradebook and `autograded/`."""

from __future__ import annotations

from sqlalchemy.exc import SQLAlchemyError

from autograder.course.submissions import Submission
from autograder.errors import DISK_ERRORS, AutograderError
from autograder.gradebook.gradebook import CourseGradebook
from autograder.grading.marking import Marking
from autograder.results.results import Result, Results


class ResultKeeper:
    """Keeps the results of one lab.

    Args:
        results: the lab's folder in `results/`.
        gradebook: the course's gradebook.
        marking: marks submissions of the lab.
    """

    def __init__(self, results: Results, gradebook: CourseGradebook, marking: Marking) -> None:
        self._results, self._gradebook, self._marking = results, gradebook, marking

    def keep(self, submission: Submission, result: Result) -> Result:
        """Write and record a result; a failure without its notebooks if they can't be written.

        Returns:
            What was written.

        Raises:
            AutograderError, OSError, SQLAlchemyError: nothing can be written: the disk is full, the
                gradebook is locked or damaged.
        """
        try:
            self._results.write(submission, result)
            self.record(submission, result)
        except Exception as error:
            # Of any other kind, it costs this submission and no other.
            if isinstance(error, (AutograderError, SQLAlchemyError)) or _is_of_the_disk(error):
                raise
            result = self._marking.make_failed_result(submission, result.fingerprint, error)
            self._results.write(submission, result)
            self.record(submission, result)
        return result

    def record(self, submission: Submission, result: Result) -> None:
        """Record a result that is in `results/`."""
        self._gradebook.record(submission, result.notebooks)
        self._results.mark_recorded(submission, result)


def _is_of_the_disk(error: Exception) -> bool:
    """Whether the disk is full, or may not be written."""
    return isinstance(error, OSError) and error.errno in DISK_ERRORS
