"""Visible checks that a released notebook calls instead of showing them.

A check computes what an answer should return, to say which mistake was made: in the notebook it
would show the answer. `course_lib` carries the checks of the labs that belong to it; a lab whose
checks it does not have keeps them in its cells.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from nbformat import NotebookNode

from autograder.notebooks.cell_roles import grade_id, is_test_cell
from course_lib.notebook.run_check import CHECKS_FOLDER, join_checks
from course_lib.notebook.shorten_checks import CHECK_TITLE

_CALL = """{title}
from course_lib.notebook import run_check

run_check("{lab}", "{question}", globals())"""


def find_checks_file(course_root: Path, lab: str) -> Path | None:
    """Return where `course_lib` keeps the lab's checks, if it is in the course's own folder."""
    file = CHECKS_FOLDER / f"{lab}.txt"
    return file if file.is_relative_to(course_root) else None


def has_checks(course_root: Path, lab: str, release: Callable[[], NotebookNode]) -> bool:
    """Return whether `course_lib` has a lab's checks, in the same text.

    Args:
        course_root: The course's folder.
        lab: The lab's name.
        release: Returns the notebook for students with the text of its checks.
    """
    if find_checks_file(course_root, lab) is not None:  # `autograder build` writes it
        return True
    file = CHECKS_FOLDER / f"{lab}.txt"
    return file.is_file() and file.read_text(encoding="utf-8") == render_checks(release())


def render_checks(released: NotebookNode) -> str:
    """Return the visible checks of a notebook as `course_lib` keeps them.

    Args:
        released: The notebook for students with the text of its checks.
    """
    return join_checks({grade_id(cell): _split(cell)[1] for cell in _find_checks(released)})


def shorten(released: NotebookNode) -> NotebookNode:
    """Replace each visible check by a call, if `course_lib` has them; return the notebook.

    Args:
        released: The notebook for students, which is changed.
    """
    lab = released.metadata.get("course_lib", {}).get("checks", "")
    for cell in _find_checks(released) if lab else []:
        title, _ = _split(cell)
        cell.source = _CALL.format(title=title, lab=lab, question=grade_id(cell))
    return released


def _find_checks(released: NotebookNode) -> list[NotebookNode]:
    cells = (cell for cell in released.cells if cell.cell_type == "code" and is_test_cell(cell))
    return [cell for cell in cells if cell.source.startswith(CHECK_TITLE)]


def _split(cell: NotebookNode) -> tuple[str, str]:
    """The title of a check and the rest."""
    title, _, rest = cell.source.partition("\n")
    return title, rest
