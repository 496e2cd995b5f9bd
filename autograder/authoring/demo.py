"""A class that hands in one lab, right, wrong and unreadable, with the marks it must get."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import nbformat

from autograder.authoring.new_course import new_course
from autograder.authoring.source import instructor_notebook
from autograder.authoring.wrong_answers import wrong_answer, wrong_answers
from autograder.course.course import Course, Lab
from autograder.errors import AutograderError
from autograder.files import write_whole
from autograder.notebooks import forms
from autograder.notebooks.cell_roles import automatic_points
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
    """One member of the class.

    Args:
        name: the folder's name in `submitted/`.
        story: what was handed in, in a few words.
        text: the file handed in.
        status: what grading must say of the whole submission.
        marks: by question, the automatic marks it must get.
    """

    name: str
    story: str
    text: str
    status: SubmissionStatus
    marks: dict[str, float]


def demo_course(model: Course, folder: Path) -> Course:
    """A fresh course folder; one that an earlier demo made is replaced.

    Raises:
        AutograderError: `folder` holds something else.
    """
    if (folder / _MARKER).is_file():
        shutil.rmtree(folder)
    elif folder.exists():
        raise AutograderError(
            f"{folder} is there already and no demo made it", "name another: autograder demo DIR"
        )
    course = new_course(model, folder)
    write_whole(folder / _MARKER, "autograder demo replaces this folder when it runs again.\n")
    return course


def demo_class(course: Course, lab: Lab) -> list[Student]:
    """The class: two solutions, a stub, up to ten wrong answers, a broken and an empty notebook."""
    instructor = instructor_notebook(course, lab)
    automatic = automatic_points(instructor)
    nothing = dict.fromkeys(automatic, 0.0)
    solution = nbformat.writes(forms.solved(instructor))
    half = solution[: len(solution) // 2]
    students = [
        Student("Çelik, Ada", "everything right", solution, SubmissionStatus.GRADED, automatic),
        Student("O'Brien, Zoë", "everything right", solution, SubmissionStatus.GRADED, automatic),
        Student(
            "Lindqvist, Max",
            "handed back as released",
            nbformat.writes(forms.student(instructor)),
            SubmissionStatus.GRADED,
            nothing,
        ),
        Student("Moreau, Léa", "a file cut in half", half, SubmissionStatus.FAILED, nothing),
        Student("Nakamura, Ren", "an empty file", "", SubmissionStatus.FAILED, nothing),
    ]
    for name, wrong in zip(_WRONG, wrong_answers(course, lab), strict=False):
        text = nbformat.writes(wrong_answer(instructor, wrong))
        marks = {**automatic, **wrong.marks}
        students.append(Student(name, wrong.mistake, text, SubmissionStatus.GRADED, marks))
    return sorted(students, key=lambda student: student.name)


def submit(course: Course, lab: Lab, student: Student) -> None:
    """Put the student's file where nbgrader's collecting puts it."""
    write_whole(course.submitted_dir / student.name / lab.name / lab.notebook, student.text)
