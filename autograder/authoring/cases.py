"""The cases of a lab: the solution, the stub and the wrong answers, which prove its tests."""

from __future__ import annotations

from dataclasses import dataclass, field

from nbformat import NotebookNode

from autograder.authoring.instructor_notebook import make_instructor_notebook
from autograder.authoring.wrong_answers import apply_wrong_answer, read_wrong_answers
from autograder.course.course import Course, Lab
from autograder.engine.judged_notebook import JudgedNotebook
from autograder.notebooks.cell_roles import automatic_points
from autograder.notebooks.forms import release_notebook, solve_notebook


@dataclass(frozen=True)
class Case:
    """A notebook as a student might submit it, and the marks that it must get.

    Args:
        name: "solution", "stub" or the name of a wrong answer.
        notebook: The notebook.
        marks: The marks of each automatically graded question.
        says: A part of the message that the student must see, by question.
    """

    name: str
    notebook: NotebookNode
    marks: dict[str, float]
    says: dict[str, str] = field(default_factory=dict)

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
        missing = set(self.marks) - {question.grade_id for question in graded.questions}
        return found + [f"{grade_id}: no verdict" for grade_id in sorted(missing)]


def make_cases(course: Course, lab: Lab) -> list[Case]:
    """Return the cases of a lab: the solution first, then the stub, then each wrong answer.

    Raises:
        AutograderError: The lab has no source, or a wrong answer does not fit it.
    """
    instructor = make_instructor_notebook(course, lab)
    points = automatic_points(instructor)
    return [
        Case("solution", solve_notebook(instructor), points),
        Case("stub", release_notebook(instructor), dict.fromkeys(points, 0.0)),
        *(
            Case(
                wrong.name,
                apply_wrong_answer(instructor, wrong),
                {**points, **wrong.marks},
                wrong.says,
            )
            for wrong in read_wrong_answers(course, lab)
        ),
    ]
