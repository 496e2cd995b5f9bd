"""The cases of a lab, which prove its tests: solution, stub, other right answers, wrong ones."""

from __future__ import annotations

from dataclasses import dataclass, field

from nbformat import NotebookNode

from autograder.authoring.instructor_notebook import make_instructor_notebook
from autograder.authoring.other_answers import (
    OtherAnswer,
    apply_answer,
    read_right_answers,
    read_wrong_answers,
)
from autograder.course.course import Course, Lab
from autograder.engine.judged_notebook import JudgedNotebook
from autograder.engine.wire.string_enum import StringEnum
from autograder.notebooks.cell_roles import automatic_points
from autograder.notebooks.forms import release_notebook, solve_notebook


class CaseKind(StringEnum):
    """What a case stands for."""

    SOLUTION = "solution"
    STUB = "stub"
    RIGHT = "right answer"
    WRONG = "wrong answer"


@dataclass(frozen=True)
class Case:
    """A notebook as a student might submit it, and the marks that it must get.

    Args:
        kind: What it stands for.
        name: "solution", "stub" or the name of the answer in its file.
        notebook: The notebook.
        marks: The marks of each automatically graded question.
        says: A part of the message that the student must see, by question.
        parts: The cases that were combined into this one.
    """

    kind: CaseKind
    name: str
    notebook: NotebookNode
    marks: dict[str, float]
    says: dict[str, str] = field(default_factory=dict)
    parts: tuple[Case, ...] = ()

    def find_part(self, question: str) -> Case:
        """Return the case whose mistake decides a question."""
        return next((p for p in self.parts if p.marks[question] == self.marks[question]), self)

    def find_problems(self, graded: JudgedNotebook) -> list[str]:
        """Return a sentence for each verdict that differs from the expected one."""
        found = []
        for question in graded.questions:
            if question.grade_id not in self.marks:
                continue
            expected = self.marks[question.grade_id]
            if question.score != expected:
                found.append(
                    f"{question.grade_id}: {question.score:g} points, not {expected:g}"
                    + (f" ({question.message})" if question.message else "")
                )
            elif self.says.get(question.grade_id, "") not in question.message:
                found.append(
                    f"{question.grade_id}: the message {question.message!r} "
                    f"does not contain {self.says[question.grade_id]!r}"
                )
        for again in graded.rejudged:
            expected = self.marks.get(again.grade_id, again.score)
            if again.score != expected:
                found.append(
                    f"{again.grade_id}: {again.score:g} points under the hidden seed "
                    f"{again.seed}, not {expected:g} ({again.message})"
                )
        missing = set(self.marks) - {question.grade_id for question in graded.questions}
        return found + [f"{grade_id}: no verdict" for grade_id in sorted(missing)]


def make_cases(course: Course, lab: Lab) -> list[Case]:
    """Return the cases of a lab: solution, stub, each other right answer, each wrong answer.

    Raises:
        AutograderError: The lab has no source, or an answer does not fit it.
    """
    instructor = make_instructor_notebook(course, lab)
    points = automatic_points(instructor)

    def make_case(kind: CaseKind, answer: OtherAnswer) -> Case:
        marks = {**points, **answer.marks}
        return Case(kind, answer.name, apply_answer(instructor, answer), marks, answer.says)

    nothing = dict.fromkeys(points, 0.0)
    return [
        Case(CaseKind.SOLUTION, "solution", solve_notebook(instructor), points),
        Case(CaseKind.STUB, "stub", release_notebook(instructor), nothing),
        *(make_case(CaseKind.RIGHT, answer) for answer in read_right_answers(course, lab)),
        *(make_case(CaseKind.WRONG, answer) for answer in read_wrong_answers(course, lab)),
    ]
