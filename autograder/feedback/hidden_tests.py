"""Keeps the hidden tests of a lab out of the students' pages."""

from __future__ import annotations

import html
import logging
import re

from nbformat import NotebookNode
from traitlets.config import Config

from autograder.notebooks.cell_roles import is_instructor_cell

_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_TAG = re.compile(r"<[^<>]*>")  # without <: a long run of < would take hours
_SHORTEST = 12  # characters; a shorter line, such as `x = 1`, gives nothing away


class HiddenTests:
    """The parts of an executed notebook that a student must not see.

    Args:
        notebook: the executed notebook, with complete test cells.
        config: the course's nbgrader configuration, which may rename the markers.
    """

    def __init__(self, notebook: NotebookNode, config: Config) -> None:
        from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme

        log = logging.getLogger("autograder.nbgrader")
        self._steps = [step(config=config, log=log) for step in (ClearHiddenTests, ClearMarkScheme)]
        complete = [cell.source for cell in notebook.cells if is_instructor_cell(cell)]
        seen = "\n".join(cell.source for cell in notebook.cells if not is_instructor_cell(cell))
        seen += "\n".join(
            self.released_source(cell) for cell in notebook.cells if is_instructor_cell(cell)
        )
        lines = {line.strip() for source in complete for line in source.splitlines()}
        self._hidden = [line for line in lines if len(line) >= _SHORTEST and line not in seen]

    def released_source(self, cell: NotebookNode) -> str:
        """The released part of a test cell; empty when its markers don't match."""
        copy = NotebookNode(cell, metadata=cell.metadata)
        try:
            for step in self._steps:
                copy, _ = step.preprocess_cell(copy, {}, 0)
        except RuntimeError:
            return ""
        return copy.source.rstrip()

    def are_shown_in(self, text: str) -> bool:
        """Whether a text shows a hidden line, also coloured, quoted or marked up."""
        plain = html.unescape(_TAG.sub("", _ANSI.sub("", text))).replace("\\", "")
        return any(line.replace("\\", "") in plain for line in self._hidden)
