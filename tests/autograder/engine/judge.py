"""Notebooks of a few cells, graded by a real engine."""

from __future__ import annotations

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from autograder.engine.engine import Engine
from autograder.engine.judged_notebook import JudgedNotebook
from autograder.engine.wire.question_verdict import QuestionVerdict


def mark(grade_id: str, points: float = 1, *, grade: bool = True, solution: bool = False) -> dict:
    about = {"grade_id": grade_id, "grade": grade, "solution": solution, "points": points}
    return {"nbgrader": {**about, "locked": not solution, "schema_version": 3}}


def notebook(*cells: str | tuple[str, float] | NotebookNode) -> NotebookNode:
    """A string is a cell of the student's; (string, points) a test, with the ids q1, q2, …."""
    made, tests = [], 0
    for cell in cells:
        if isinstance(cell, tuple):
            tests += 1
            made.append(new_code_cell(cell[0], metadata=mark(f"q{tests}", cell[1])))
        else:
            made.append(new_code_cell(cell) if isinstance(cell, str) else cell)
    return new_notebook(cells=made)


def grade(engine: Engine, *cells: object, **options: object) -> JudgedNotebook:
    made = notebook(*cells)
    return engine.grade(made, made, 7, **options)


def only(graded: JudgedNotebook) -> QuestionVerdict:
    (question,) = graded.questions
    return question


def judge(engine: Engine, answer: str, test: str, points: float = 1) -> QuestionVerdict:
    return only(grade(engine, answer, (test, points)))
