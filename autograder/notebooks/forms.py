"""The forms of a lab that are made from the instructor's notebook."""

from __future__ import annotations

import copy
import logging
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from nbformat import NotebookNode

from autograder.notebooks.cell_roles import grade_id, is_answer_cell, is_test_cell

if TYPE_CHECKING:
    from traitlets.config import Config

_MARKER = re.compile(r"^[ \t]*#* ?(BEGIN|END) SOLUTION[ \t]*\n?", re.MULTILINE)


def release_notebook(instructor: NotebookNode, config: Config | None = None) -> NotebookNode:
    """Return the notebook for students: nbgrader's own release steps, without its gradebook.

    Args:
        instructor: The instructor's notebook.
        config: nbgrader's settings; default: nbgrader's defaults.
    """
    from nbgrader import preprocessors

    # The steps of `nbgrader generate_assignment`; IncludeHeaderFooter and SaveCells need a course.
    steps = ["LockCells", "ClearSolutions", "ClearOutput", "CheckCellMetadata", "ComputeChecksums"]
    steps += ["ClearHiddenTests", "ClearMarkScheme", "ComputeChecksums", "CheckCellMetadata"]
    notebook = copy.deepcopy(instructor)
    resources: dict[str, Any] = {}
    for name in steps:
        step = getattr(preprocessors, name)(config=config, log=logging.getLogger("nbgrader"))
        notebook, resources = step.preprocess(notebook, resources)
    return notebook


def solve_notebook(instructor: NotebookNode) -> NotebookNode:
    """Return the released notebook with every solution, as a perfect student submits it."""
    return fill_in_answers(instructor, {})


def fill_in_answers(instructor: NotebookNode, answers: Mapping[str, str]) -> NotebookNode:
    """Return the released notebook with an answer in every answer cell.

    Args:
        instructor: The instructor's notebook.
        answers: The source of answer cells by grade_id; the others get the solution.
    """
    notebook = release_notebook(instructor)
    for released, original in zip(notebook.cells, instructor.cells, strict=True):
        if is_answer_cell(released):
            released.source = answers.get(grade_id(released), remove_markers(original.source))
    return notebook


def remove_markers(source: str) -> str:
    """Remove the lines that mark where a solution begins and ends."""
    return _MARKER.sub("", source)


def restore_tests(notebook: NotebookNode, source: NotebookNode) -> NotebookNode:
    """Return a copy of a notebook whose test cells have the instructor's text.

    Args:
        notebook: A student's notebook; it is not changed.
        source: The instructor's notebook.
    """
    tests = {grade_id(cell): cell.source for cell in source.cells if is_test_cell(cell)}
    restored: NotebookNode = copy.deepcopy(notebook)
    for cell in restored.cells:
        if is_test_cell(cell) and grade_id(cell) in tests:
            cell.source = tests[grade_id(cell)]
    return restored
