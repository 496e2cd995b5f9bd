"""The forms of a lab that are made from the instructor's notebook."""

from __future__ import annotations

import copy
import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from nbformat import NotebookNode

from autograder.notebooks.cell_roles import grade_id, is_instructor_cell, is_test_cell
from autograder.notebooks.short_checks import shorten

if TYPE_CHECKING:
    from traitlets.config import Config


def release_notebook(instructor: NotebookNode, config: Config | None = None) -> NotebookNode:
    """Return the notebook for students: nbgrader's own release steps, without its gradebook.

    Checks that `course_lib` has become calls.

    Args:
        instructor: The instructor's notebook.
        config: nbgrader's settings; default: nbgrader's defaults.
    """
    return _take_steps(shorten(release_whole(instructor, config)), ["ComputeChecksums"], config)


def release_whole(instructor: NotebookNode, config: Config | None = None) -> NotebookNode:
    """Return the notebook for students with the text of all its checks.

    Args:
        instructor: The instructor's notebook.
        config: nbgrader's settings; default: nbgrader's defaults.
    """
    # The steps of `nbgrader generate_assignment`; IncludeHeaderFooter and SaveCells need a course.
    steps = ["LockCells", "ClearSolutions", "ClearOutput", "CheckCellMetadata", "ComputeChecksums"]
    steps += ["ClearHiddenTests", "ClearMarkScheme", "ComputeChecksums", "CheckCellMetadata"]
    return _take_steps(copy.deepcopy(instructor), steps, config)


def _take_steps(notebook: NotebookNode, steps: list[str], config: Config | None) -> NotebookNode:
    from nbgrader import preprocessors

    resources: dict[str, Any] = {}
    for name in steps:
        step = getattr(preprocessors, name)(config=config, log=logging.getLogger("nbgrader"))
        notebook, resources = step.preprocess(notebook, resources)
    return notebook


def solve_notebook(instructor: NotebookNode, config: Config | None = None) -> NotebookNode:
    """Return the released notebook with every solution, as a perfect student submits it."""
    return fill_in_answers(instructor, {}, config)


def fill_in_answers(
    instructor: NotebookNode, answers: Mapping[str, str], config: Config | None = None
) -> NotebookNode:
    """Return the released notebook with an answer in every answer cell.

    Args:
        instructor: The instructor's notebook.
        answers: The source of answer cells by grade_id; the others get the solution.
        config: nbgrader's settings; default: nbgrader's defaults.
    """
    notebook = release_notebook(instructor, config)
    for released, original in zip(notebook.cells, instructor.cells, strict=True):
        # With `enforce_metadata = False`, a cell without a role may hold a solution, too.
        if not is_instructor_cell(released):
            solution = remove_markers(original.source, config)
            released.source = answers.get(grade_id(released), solution)
    return notebook


def remove_markers(source: str, config: Config | None = None) -> str:
    """Remove the lines that mark where a solution begins and ends.

    Args:
        source: The cell.
        config: nbgrader's settings, which may name other markers; default: nbgrader's defaults.
    """
    from nbgrader.preprocessors import ClearSolutions

    step = ClearSolutions(config=config)
    markers = (step.begin_solution_delimeter, step.end_solution_delimeter)
    lines = source.splitlines(keepends=True)
    return "".join(line for line in lines if not any(marker in line for marker in markers))


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
