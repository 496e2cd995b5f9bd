"""Puts the instructor's rubric below each answer that a person marks."""

from __future__ import annotations

import copy
import re

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from autograder.notebooks.cell_roles import grade_id, is_answer_cell, is_graded_cell

_MARK = re.compile(r"### (BEGIN|END) (SOLUTION|MARK SCHEME)")
_TITLE = "**Model answer and rubric** (not in the student's notebook)"


def add_rubrics(notebook: NotebookNode, source: NotebookNode) -> NotebookNode:
    """A copy of the notebook with the rubric below each answer to be marked by hand.

    For formgrader, which shows `autograded/`; students' pages are made from other files.

    Args:
        notebook: as graded.
        source: the instructor's notebook; its answer cells hold the model answer and the rubric.
    """
    rubrics = {
        grade_id(cell): cell
        for cell in source.cells
        if is_graded_cell(cell) and is_answer_cell(cell)
    }
    cells = []
    for cell in notebook.cells:
        cells.append(cell)
        rubric = rubrics.get(grade_id(cell))
        if rubric is not None and _read_text(rubric):
            cells.append(new_markdown_cell(f"{_TITLE}\n\n{_read_text(rubric)}"))
    shown = copy.copy(notebook)
    shown.cells = cells
    return shown


def _read_text(cell: NotebookNode) -> str:
    """A cell's text without nbgrader's markers; code as a code block."""
    lines = [line for line in cell.source.splitlines() if not _MARK.fullmatch(line.strip())]
    text = "\n".join(lines).strip()
    return f"```python\n{text}\n```" if text and cell.cell_type == "code" else text
