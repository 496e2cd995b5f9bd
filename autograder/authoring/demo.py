"""The class of `autograder demo`: right, wrong and unreadable submissions with their marks."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import nbformat

from autograder.authoring.create_course import create_course
from autograder.authoring.instructor_notebook import make_instructor_notebook
from autograder.authoring.other_answers import apply_answer, read_wrong_answers
from autograder.authoring.starter_course import create_starter_course
from autograder.course.course import Course, Lab
from autograder.errors import AutograderError
from autograder.files import write_atomically
from autograder.notebooks.cell_roles import automatic_points
from autograder.notebooks.forms import release_notebook, solve_notebook
from autograder.results.verdict import SubmissionStatus

_MARKER = ".made-by-autograder-demo"
_WRONG = (
    "Achterberg, Sanne",
    "Bauer, Jonas",
    "Díaz, Lucía",
    "Eze, Chidi",
    "Fournier, Chloé",
    "Grabowski, Ola",
    "Haddad, Nour",
    "Ivanova, Mila",
    "Jensen, Aksel",
    "Kaya, Deniz",
)


@dataclass(frozen=True)
class Student:
    """A student of the class.

    Args:
        name: The name of the folder in `submitted/`.
        story: What the student submits, in a few words.
        text: The content of the submitted file.
        status: The expected status of the submission.
        marks: The expected marks of each automatically graded question.
    """

    name: str
    story: str
    text: str
    status: SubmissionStatus
    marks: dict[str, float]


def create_demo_course(model: Course | None, folder: Path) -> Course:
    """Make a course folder; replace one that an earlier demo made.

    Args:
        model: The course whose labs it has; None: a course of one lab, to begin with.
        folder: The folder.

    Raises:
        AutograderError: `folder` has other content.
    """
    if (folder / _MARKER).is_file():
        shutil.rmtree(folder)
    elif folder.exists():
        raise AutograderError(
            f"{folder} exists and was not made by a demo",
            "name another folder: autograder demo DIR",
        )
    course = create_course(model, folder) if model else create_starter_course(folder)
    write_atomically(folder / _MARKER, "autograder demo replaces this folder when it runs again.\n")
    return course


def make_demo_class(course: Course, lab: Lab) -> list[Student]:
    """Return two solutions, a stub, up to ten wrong answers, a broken and an empty notebook."""
    instructor = make_instructor_notebook(course, lab)
    automatic = automatic_points(instructor)
    nothing = dict.fromkeys(automatic, 0.0)
    solution = nbformat.writes(solve_notebook(instructor))
    half = solution[: len(solution) // 2]
    students = [
        Student("Çelik, Ada", "everything right", solution, SubmissionStatus.GRADED, automatic),
        Student("O'Brien, Zoë", "everything right", solution, SubmissionStatus.GRADED, automatic),
        Student(
            "Lindqvist, Max",
            "the notebook as released",
            nbformat.writes(release_notebook(instructor)),
            SubmissionStatus.GRADED,
            nothing,
        ),
        Student("Moreau, Léa", "a file cut in half", half, SubmissionStatus.FAILED, nothing),
        Student("Nakamura, Ren", "an empty file", "", SubmissionStatus.FAILED, nothing),
    ]
    for name, wrong in zip(_WRONG, read_wrong_answers(course, lab), strict=False):
        text = nbformat.writes(apply_answer(instructor, wrong))
        marks = {**automatic, **wrong.marks}
        students.append(Student(name, wrong.why, text, SubmissionStatus.GRADED, marks))
    return sorted(students, key=lambda student: student.name)


def submit(course: Course, lab: Lab, student: Student) -> None:
    """Write the student's file to the place where nbgrader collects it."""
    write_atomically(course.submitted_dir / student.name / lab.name / lab.notebook, student.text)
