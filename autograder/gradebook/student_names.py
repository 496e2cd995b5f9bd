"""Students' names, from the class list or the gradebook."""

from __future__ import annotations

from autograder.course.course import Course
from autograder.course.roster import Roster
from autograder.gradebook.gradebook import CourseGradebook


def read_student_names(course: Course, roster: Roster | None) -> dict[str, str]:
    """Return the names of students by id: the roster's, or else those of `nbgrader db student`.

    Args:
        course: The course.
        roster: The class, if there is a list.
    """
    names: dict[str, str] = {}
    with CourseGradebook(course).open() as gradebook:
        for student in gradebook.students:
            parts = (student.first_name, student.last_name)
            if name := " ".join(part for part in parts if part):
                names[student.id] = name
    return names | ({person.id: person.name for person in roster.people} if roster else {})
