"""A class that has a server but has submitted nothing: `autograder serve --demo`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from autograder.authoring.demo import Student, create_demo_course, make_demo_class
from autograder.course.course import Course
from autograder.files import write_atomically
from autograder.server.database import Database
from autograder.server.links import Invitation, invite
from autograder.server.tables import Role


@dataclass(frozen=True)
class DemoClass:
    """A course with links.

    Args:
        course: The course, in a new folder.
        student: The link of one of its students.
        instructor: The link of its instructor.
        notebooks: A folder of notebooks to submit: right, wrong and broken ones.
    """

    course: Course
    student: Invitation
    instructor: Invitation
    notebooks: Path


def make_served_class(model: Course, folder: Path, lab: str, database_url: str | None) -> DemoClass:
    """Make a course in a new folder, with an invited class whose questions are open.

    Raises:
        AutograderError: `folder` has other content.
    """
    course = create_demo_course(model, folder)
    chosen = course.lab(lab)
    students = make_demo_class(course, chosen)
    database = Database.of(course, database_url)
    links = [
        invite(database, "autograder serve --demo", Role.STUDENT, one.name, one.name)
        for one in students
    ]
    instructor = invite(
        database, "autograder serve --demo", Role.INSTRUCTOR, "instructor", "Instructor"
    )
    database.close()
    notebooks = course.root / "to-submit"
    for student in students:
        write_atomically(notebooks / f"{_name_file(student)}.ipynb", student.text)
    return DemoClass(course, links[0], instructor, notebooks)


def _name_file(student: Student) -> str:
    words = "".join(letter if letter.isalnum() else " " for letter in student.story).split()
    return "-".join(words)[:60] or "notebook"
