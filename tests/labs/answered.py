"""A lab with other answers than its solution's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from autograder import Course
from autograder.authoring.read_code_cells import read_code_cells

COURSE = Course(Path(__file__).resolve().parents[2])


def answered(lab: str, answers: dict[str, str]) -> Iterator[tuple[str, str, bool]]:
    """The lab's code cells, each with its question and whether it tests it.

    Args:
        lab: the lab's name.
        answers: by question, what stands in place of the solution.
    """
    for source, question, tests in read_code_cells(COURSE, COURSE.lab(lab)):
        yield source if tests else answers.get(question, source), question, tests


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
