"""The forms of a lab that are made from its instructor's notebook.

`student` is what nbgrader releases; `solved` and `wrong_answer` are what students hand in.
"""

from __future__ import annotations

import copy
import logging
import re
from typing import TYPE_CHECKING

from nbformat import NotebookNode

from autograder.errors import AutograderError

if TYPE_CHECKING:
    from traitlets.config import Config

    from autograder.notebooks.wrong_answers import WrongAnswer

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
    return _filled(instructor, {})


def wrong_answer(instructor: NotebookNode, wrong: WrongAnswer) -> NotebookNode:
    """The solved notebook with one mistake in it.

    Raises:
        AutograderError: the mistake names a cell or a text that the solution does not have.
    """
    cells = {
        cell.metadata.nbgrader.grade_id: _MARKER.sub("", cell.source)
        for cell in instructor.cells
        if cell.metadata.get("nbgrader", {}).get("solution")
    }
    changed: dict[str, str] = {}
    for question, pairs in wrong.replace.items():
        source = _answer(cells, question, wrong)
        for old, new in pairs:
            if source.count(old) != 1:
                raise AutograderError(
                    f"wrong answer {wrong.name}: {old!r} occurs {source.count(old)} times "
                    f"in the solution of {question!r}, not once",
                    "give more of the line",
                )
            source = source.replace(old, new)
        changed[_answer_id(question, cells)] = source
    for question, source in wrong.code.items():
        _answer(cells, question, wrong)
        changed[_answer_id(question, cells)] = source.strip("\n")
    return _filled(instructor, changed)


def _answer_id(question: str, cells: dict[str, str]) -> str:
    return f"{question}_answer" if f"{question}_answer" in cells else question


def _answer(cells: dict[str, str], question: str, wrong: WrongAnswer) -> str:
    try:
        return cells[_answer_id(question, cells)]
    except KeyError:
        raise AutograderError(
            f"wrong answer {wrong.name} changes question {question!r}, which has no solution cell",
            f"questions with one: {', '.join(cells)}",
        ) from None


def _filled(instructor: NotebookNode, changed: dict[str, str]) -> NotebookNode:
    notebook = student(instructor)
    for released, original in zip(notebook.cells, instructor.cells, strict=True):
        mark = released.metadata.get("nbgrader", {})
        if mark.get("solution"):
            released.source = changed.get(mark["grade_id"], _MARKER.sub("", original.source))
    return notebook
