"""The class as nbgrader's gradebook knows it, for courses without a roster of their own."""

from __future__ import annotations

from pathlib import Path

from autograder.course.course import Course
from autograder.course.roster import Roster
from autograder.course.roster_columns import PLAIN_COLUMNS, find_roster_columns, people_in_rows
from autograder.files import is_safe_name
from autograder.gradebook.gradebook import CourseGradebook

_HEADER = ["id", "first name", "last name", "email"]


def read_gradebook_roster(course: Course) -> Roster | None:
    """Return the students of `gradebook.db`, as `nbgrader db student import` adds them.

    None if the gradebook does not exist, or its students have ids only, as grading adds them.

    Raises:
        AutograderError: The gradebook cannot be read.
    """
    path = course.db_url.partition("?")[0].removeprefix("sqlite:///")
    if course.db_url.startswith("sqlite:") and not Path(path).is_file():
        return None
    with CourseGradebook(course).open() as gradebook:
        rows = [
            [student.id, student.first_name or "", student.last_name or "", student.email or ""]
            for student in gradebook.students
            if is_safe_name(student.id)
        ]
    if not any(first or last for _, first, last, _ in rows):
        return None
    columns = find_roster_columns([_HEADER, *rows], PLAIN_COLUMNS)
    people = people_in_rows([_HEADER, *rows], columns, Path(path), ())
    return Roster(person for person in people if person is not None)
