"""The class of a course, wherever its list is."""

from __future__ import annotations

from pathlib import Path

from autograder.course.course import Course
from autograder.course.read_times import DateOrder
from autograder.course.roster import Roster
from autograder.gradebook.gradebook_roster import read_gradebook_roster
from autograder.lms.read_roster import read_roster


def read_class(
    course: Course, path: Path | None = None, order: DateOrder | None = None
) -> Roster | None:
    """The class in a file, or else the course's own `roster.csv` or its gradebook's; or None.

    Args:
        course: The course.
        path: The file.
        order: The order of day and month in its times, where a person says so.

    Raises:
        AutograderError: The file cannot be read.
    """
    own = course.root / "roster.csv"
    if path is not None or own.is_file():
        return read_roster(path or own, order)
    return read_gradebook_roster(course)
