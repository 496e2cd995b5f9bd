"""A lab with other answers than its solution's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from autograder.authoring.instructor_notebook import make_instructor_notebook
from autograder.course.course import Course
from autograder.notebooks.cell_roles import grade_id, is_test_cell


def answered(lab: str, answers: dict[str, str]) -> Iterator[tuple[str, str, bool]]:
    """The lab's code cells, each with its question and whether it tests it.

    Args:
        lab: the lab's name.
        answers: by question, what stands in place of the solution.
    """
    course = Course(Path(__file__).parents[2])
    for cell in make_instructor_notebook(course, course.lab(lab)).cells:
        if cell.cell_type == "code" and "%pip" not in cell.source:
            question, tests = grade_id(cell).removesuffix("_answer"), is_test_cell(cell)
            source = cell.source if tests else answers.get(question, cell.source)
            yield source, question, tests


def solve(lab: str, answers: dict[str, str], *needed: str) -> None:
    """Run a lab's answers and tests with these answers in place, and what stands before them.

    Args:
        lab: the lab's name.
        answers: by question, what stands in place of the solution.
        needed: how cells between the questions begin that the answers need.
    """
    names = {"__name__": "__main__"}
    asked = False
    for source, question, _ in answered(lab, answers):
        asked = asked or bool(question)
        if question or not asked or source.lstrip().startswith(needed):
            exec(compile(source, question or "cell", "exec"), names)
