"""The forms of a lab that are made from its instructor's notebook.

`student` is what nbgrader releases; `solved` and `filled_in` are what students hand in.
"""

from __future__ import annotations

import copy
import logging
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from nbformat import NotebookNode

from autograder.notebooks.cell_roles import grade_id, is_answer_cell

if TYPE_CHECKING:
    from traitlets.config import Config

_MARKER = re.compile(r"^[ \t]*#* ?(BEGIN|END) SOLUTION[ \t]*\n?", re.MULTILINE)


def student(instructor: NotebookNode, config: Config | None = None) -> NotebookNode:
    """What a student gets: nbgrader's own release steps, without its gradebook.

    Args:
        instructor: the source notebook.
        config: nbgrader's settings; default: nbgrader's defaults.
    """
    from nbgrader import preprocessors

    # `nbgrader generate_assignment` runs these; IncludeHeaderFooter and SaveCells need a course.
    steps = ["LockCells", "ClearSolutions", "ClearOutput", "CheckCellMetadata", "ComputeChecksums"]
    steps += ["ClearHiddenTests", "ClearMarkScheme", "ComputeChecksums", "CheckCellMetadata"]
    notebook, resources = copy.deepcopy(instructor), {}
    for name in steps:
        step = getattr(preprocessors, name)(config=config, log=logging.getLogger("nbgrader"))
        notebook, resources = step.preprocess(notebook, resources)
    return notebook


def solved(instructor: NotebookNode) -> NotebookNode:
    """The released notebook with every solution filled in, as a perfect student hands it in."""
    return filled_in(instructor, {})


def filled_in(instructor: NotebookNode, answers: Mapping[str, str]) -> NotebookNode:
    """The released notebook with an answer in every answer cell.

    Args:
        instructor: the source notebook.
        answers: by grade id, a cell's text; the solution stands in the others.
    """
    notebook = student(instructor)
    for released, original in zip(notebook.cells, instructor.cells, strict=True):
        if is_answer_cell(released):
            released.source = answers.get(grade_id(released), without_markers(original.source))
    return notebook


def without_markers(source: str) -> str:
    """A solution cell's text without the lines that say where the solution begins and ends."""
    return _MARKER.sub("", source)
