"""What a lab's tests are tried on: the solution, the stub, and each wrong answer."""

from __future__ import annotations

from dataclasses import dataclass, field

from nbformat import NotebookNode

from autograder.authoring.source import instructor_notebook
from autograder.authoring.wrong_answers import wrong_answer, wrong_answers
from autograder.course.course import Course, Lab
from autograder.engine.judged_notebook import JudgedNotebook
from autograder.notebooks import forms
from autograder.notebooks.cell_roles import automatic_points


@dataclass(frozen=True)
class Case:
    """A notebook as a student might hand it in, and the marks it must get.

    Args:
        name: "solution", "stub" or the wrong answer's name.
        notebook: what is handed in.
        marks: by question, the automatic marks; written answers are not among them.
        says: by question, a part of the sentence that the student must see.
    """

    name: str
    notebook: NotebookNode
    marks: dict[str, float]
    says: dict[str, str] = field(default_factory=dict)

    def problems(self, graded: JudgedNotebook) -> list[str]:
        """Where an engine's verdict differs from what it must be."""
        found = []
        for question in graded.questions:
            if question.grade_id not in self.marks:
                continue
            due = self.marks[question.grade_id]
            if question.score != due:
                found.append(
                    f"{question.grade_id}: {question.score:g} points, not {due:g}"
                    + (f" ({question.message})" if question.message else "")
                )
            elif self.says.get(question.grade_id, "") not in question.message:
                found.append(
                    f"{question.grade_id}: the student reads {question.message!r}, "
                    f"without {self.says[question.grade_id]!r}"
                )
        missing = set(self.marks) - {question.grade_id for question in graded.questions}
        return found + [f"{grade_id}: no verdict" for grade_id in sorted(missing)]


def cases(course: Course, lab: Lab) -> list[Case]:
    """Every case of a lab."""
    instructor = instructor_notebook(course, lab)
    points = automatic_points(instructor)
    return [
        Case("solution", forms.solved(instructor), points),
        Case("stub", forms.student(instructor), dict.fromkeys(points, 0.0)),
        *(
            Case(w.name, wrong_answer(instructor, w), {**points, **w.marks}, w.says)
            for w in wrong_answers(course, lab)
        ),
    ]
