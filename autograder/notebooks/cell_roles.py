"""What nbgrader's metadata makes of a cell: the student's answer, the instructor's test, a task.

The rules are nbgrader's own (`nbgrader.utils`: `is_grade`, `is_solution`, `is_task`), on notebooks
that may carry anything as metadata.
"""

from __future__ import annotations

from typing import Any

from nbformat import NotebookNode


def mark_of(cell: NotebookNode) -> dict[str, Any]:
    """nbgrader's metadata of a cell; empty where there is none."""
    return cell.metadata.get("nbgrader") or {}


def grade_id(cell: NotebookNode) -> str:
    """nbgrader's id of a cell; empty where it has none."""
    return mark_of(cell).get("grade_id", "")


def max_points(cell: NotebookNode) -> float:
    """The most points that a graded cell earns."""
    return float(mark_of(cell).get("points", 0))


def is_graded_cell(cell: NotebookNode) -> bool:
    """Whether a cell has points, given by its test or by a person."""
    return bool(mark_of(cell).get("grade"))


def is_answer_cell(cell: NotebookNode) -> bool:
    """Whether the student writes into the cell."""
    return bool(mark_of(cell).get("solution"))


def is_test_cell(cell: NotebookNode) -> bool:
    """Whether the cell has points and is the instructor's alone."""
    return is_graded_cell(cell) and not is_answer_cell(cell)


def is_instructor_cell(cell: NotebookNode) -> bool:
    """Whether the student writes nothing into the cell, because it tests or sets a task."""
    return is_test_cell(cell) or bool(mark_of(cell).get("task"))


def graded_cells(notebook: NotebookNode) -> list[NotebookNode]:
    """The cells that have points, in the notebook's order."""
    return [cell for cell in notebook.cells if is_graded_cell(cell)]


def automatic_points(notebook: NotebookNode) -> dict[str, float]:
    """The points of every question that a test grades, in the notebook's order."""
    return {grade_id(cell): max_points(cell) for cell in notebook.cells if is_test_cell(cell)}
