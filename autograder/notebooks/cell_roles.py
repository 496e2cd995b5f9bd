"""The role of a cell by nbgrader's metadata: an answer cell, a test cell or a task.

The rules are those of `is_grade`, `is_solution`, `is_task` and `is_locked` in `nbgrader.utils`, for
notebooks with any metadata. nbgrader's own functions are not called, because its package imports a
web server and a database, and the verifier needs neither; a test compares the two.
"""

from __future__ import annotations

from typing import Any

from nbformat import NotebookNode


def nbgrader_metadata(cell: NotebookNode) -> dict[str, Any]:
    """Return nbgrader's metadata of a cell; empty if it has none."""
    found = cell.metadata.get("nbgrader")
    return found if isinstance(found, dict) else {}


def grade_id(cell: NotebookNode) -> str:
    """Return nbgrader's id of a cell; empty if it has none."""
    return str(nbgrader_metadata(cell).get("grade_id", ""))


def max_points(cell: NotebookNode) -> float:
    """Return the maximum points of a graded cell."""
    return float(nbgrader_metadata(cell).get("points", 0))


def has_role(cell: NotebookNode) -> bool:
    """Whether the cell has a role in grading; nbgrader ignores the metadata of other cells."""
    return is_graded_cell(cell) or is_answer_cell(cell) or is_locked_cell(cell)


def is_graded_cell(cell: NotebookNode) -> bool:
    """Whether a cell has points, from its test or from a person, as a task has."""
    return bool(nbgrader_metadata(cell).get("grade")) or is_task_cell(cell)


def is_task_cell(cell: NotebookNode) -> bool:
    """Whether a person grades what the student adds anywhere to fulfil the cell's text."""
    return bool(nbgrader_metadata(cell).get("task"))


def is_answer_cell(cell: NotebookNode) -> bool:
    """Whether the student writes in the cell."""
    return bool(nbgrader_metadata(cell).get("solution"))


def is_test_cell(cell: NotebookNode) -> bool:
    """Whether the cell has points, and its outputs decide them where it is a code cell."""
    return bool(nbgrader_metadata(cell).get("grade")) and not is_answer_cell(cell)


def is_locked_cell(cell: NotebookNode) -> bool:
    """Whether the cell's text is the instructor's, whatever the submission has in its place.

    The rule is nbgrader's `is_locked`: a test cell always is, also where its metadata says
    `locked: false`, as older notebooks do.
    """
    if is_answer_cell(cell):
        return False
    return is_test_cell(cell) or bool(nbgrader_metadata(cell).get("locked"))


def is_instructor_cell(cell: NotebookNode) -> bool:
    """Whether the cell is a test cell or a task: the student does not write in it."""
    return is_test_cell(cell) or is_task_cell(cell)


def graded_cells(notebook: NotebookNode) -> list[NotebookNode]:
    """Return the cells with points, in the notebook's order."""
    return [cell for cell in notebook.cells if is_graded_cell(cell)]


def automatic_points(notebook: NotebookNode) -> dict[str, float]:
    """Return the points of every question with a test cell of code, in the notebook's order."""
    return {
        grade_id(cell): max_points(cell)
        for cell in notebook.cells
        if is_test_cell(cell) and cell.cell_type == "code"
    }


def list_grade_ids(notebook: NotebookNode) -> list[str]:
    """Return the grade_ids of all cells with nbgrader's metadata, in the notebook's order."""
    return [grade_id(cell) for cell in notebook.cells if nbgrader_metadata(cell)]
