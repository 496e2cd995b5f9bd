"""A student's cells as HTML that runs nothing, fetches nothing, and stays small."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from autograder.feedback.add_descriptions import add_descriptions
from autograder.feedback.computing_time import ComputingTime, TimeLimitExceeded
from autograder.feedback.course_images import embed_course_images
from autograder.feedback.hidden_tests import HiddenTests
from autograder.feedback.mathematics import show_mathematics
from autograder.notebooks.reading.paste_images import paste_images
from autograder.notebooks.showing.rebuild_outputs import KINDS, count_characters, rebuild_output
from autograder.notebooks.showing.sanitize_html import sanitize_html
from autograder.notebooks.showing.sanitize_notebook import NotebookSanitizer

if TYPE_CHECKING:
    from nbconvert import HTMLExporter

_IMAGES = ("image/svg+xml", "image/png", "image/jpeg")
_TEXT = 20_000  # characters of one text
_SOURCE = 60_000  # characters of one cell's source
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1a\x7f]")
_MARKUP = re.compile(r"[<>\"&\x00-\x1f]")
_IMAGE = 4_000_000  # characters of one image, base64
_OUTPUTS = 60  # outputs of one cell
_PAGE = 3_000_000  # characters of all outputs and pasted images of a page together
# Processor time. A lab's page takes 2 s, a table of 100,000 characters 1 s; parsers of Markdown,
# HTML and Python take hours for some texts.
_CELL_SECONDS = 4.0
_PAGE_SECONDS = 20.0


class NotebookHtml:
    """Turns a notebook's cells into HTML; a cell that can't be rendered becomes plain text.

    Args:
        hidden: the tests that must not be shown.
        folder: the folder of the released notebook, whose images text cells show.
    """

    def __init__(self, hidden: HiddenTests, folder: Path | None = None) -> None:
        self._hidden, self._folder = hidden, folder
        self._sanitizer = NotebookSanitizer()
        self._left = _PAGE
        self._time = ComputingTime(_PAGE_SECONDS)
        _exporter()  # outside the first cell's time limit

    def render_cell(self, cell: NotebookNode, number: int) -> Markup:
        """Render one of the student's cells, with its outputs.

        Args:
            cell: the cell.
            number: its place in the notebook, from 1, for the description of an image.
        """
        source = _shorten(cell.source, _SOURCE)
        if cell.cell_type == "raw":
            return _render_plain(source)
        if cell.cell_type == "code":
            outputs = self._outputs(cell)
            return self._export(lambda: new_code_cell(source, outputs=outputs), source, number)
        embedded = embed_course_images(source, self._folder, self._left)
        self._left -= len(embedded) - len(source)
        text = self._sanitizer.sanitize_cell(self._text_cell(embedded, cell))
        return self._export(lambda: text, source, number)

    def render_test(self, cell: NotebookNode, number: int) -> Markup:
        """Render one of the instructor's cells: the released part of its source, no outputs.

        Args:
            cell: the cell.
            number: its place in the notebook, from 1.
        """
        source = self._hidden.released_source(cell)
        if cell.cell_type == "code":
            return self._export(lambda: new_code_cell(source), source, number)
        return self._export(lambda: self._text_cell(source, cell), source, number)

    def _export(self, make: Callable[[], NotebookNode], source: str, number: int) -> Markup:
        """Export the cell that `make` returns; shows its source and the reason when that fails."""
        try:
            with self._time.limit(_CELL_SECONDS):
                made = make()
                body, _ = _exporter().from_notebook_node(new_notebook(cells=[made]))
                # Sanitized; the page's security policy stops what might have slipped through.
                described = add_descriptions(body, f"image in cell {number}")
                is_text = made.cell_type == "markdown"
                return Markup(show_mathematics(described) if is_text else described)
        except TimeLimitExceeded:
            reason = "it, or a cell above, takes too long"
        except Exception as error:  # one cell must not cost the page
            reason = type(error).__name__
        note = f"This cell can't be shown as Jupyter shows it ({reason}). Its text is:"
        return Markup('<p class="soft">{}</p>').format(note) + _render_plain(source)

    # New cells, because nbconvert writes some of a cell's metadata and its id into attributes, and
    # those are the student's.

    def _text_cell(self, source: str, cell: NotebookNode) -> NotebookNode:
        text = new_markdown_cell(source)
        self._left -= paste_images(text, cell.get("attachments"), self._left)
        return text

    def _outputs(self, cell: NotebookNode) -> list[NotebookNode]:
        outputs = [self._output(output) for output in cell.outputs[:_OUTPUTS]]
        if len(cell.outputs) > _OUTPUTS:
            outputs.append(
                _note_output(f"{len(cell.outputs) - _OUTPUTS} more outputs are not shown")
            )
        return outputs

    def _output(self, output: NotebookNode) -> NotebookNode:
        rebuilt = rebuild_output(output)
        if rebuilt is None:
            return _note_output("an output that a page can't show")
        if rebuilt.output_type == "error":
            lines = rebuilt.traceback or [f"{rebuilt.ename}: {rebuilt.evalue}"]
            shown = {"text/plain": "\n".join(lines)}
        elif rebuilt.output_type == "stream":
            shown = {"text/plain": _apply_carriage_returns(rebuilt.text)}
        else:
            shown = {kind: rebuilt.data[kind] for kind in KINDS if kind in rebuilt.data}
        if any(map(self._hidden.are_shown_in, shown.values())):
            return _note_output("this output shows a part of the tests; it is left out")
        fitting = {kind: _fit_to_page(kind, value) for kind, value in shown.items()}
        shown = {kind: value for kind, value in fitting.items() if value}
        if rebuilt.output_type == "stream":
            rebuilt.text = shown.get("text/plain", "")
        elif rebuilt.output_type == "error":
            rebuilt.traceback = [shown.get("text/plain", "")]
        else:
            rebuilt.data, rebuilt.metadata = shown, self._descriptions(rebuilt, shown)
        safe = self._sanitizer.sanitize_output(rebuilt)
        self._left -= count_characters(safe)
        if self._left < 0:
            return _note_output("the page is full; this output is left out")
        return safe

    def _descriptions(
        self, output: NotebookNode, shown: dict[str, str]
    ) -> dict[str, dict[str, str]]:
        """The description of each image, where its output has one, without markup."""
        metadata = {kind: output.get("metadata", {}).get(kind) for kind in shown}
        alts = {k: str(m.get("alt", ""))[:500] for k, m in metadata.items() if isinstance(m, dict)}
        return {
            kind: {"alt": _MARKUP.sub(" ", alt)}
            for kind, alt in alts.items()
            if alt and not self._hidden.are_shown_in(alt)
        }


def _apply_carriage_returns(text: str) -> str:
    """The text that a terminal shows: a carriage return starts the line again."""
    lines = (line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n"))
    return _CONTROL.sub("", "\n".join(lines))


def _render_plain(text: str) -> Markup:
    return Markup("<pre>{}</pre>").format(_CONTROL.sub("", text))


@cache
def _exporter() -> HTMLExporter:
    """One exporter for all pages: loading its templates takes longer than filling them in."""
    from nbconvert import HTMLExporter

    return HTMLExporter(
        template_name="basic",
        sanitize_html=True,
        exclude_anchor_links=True,
        exclude_input_prompt=True,
        exclude_output_prompt=True,
        # Once, not after each of twelve steps: nbformat 5.10 takes 25 ms each time.
        optimistic_validation=True,
        # nbconvert's own allow-list has no headings, paragraphs or images.
        filters={"clean_html": partial(sanitize_html, svg=True)},
    )


def _note_output(text: str) -> NotebookNode:
    return new_output("stream", name="stdout", text=f"[{text}]\n")


def _fit_to_page(kind: str, text: str) -> str:
    """A text, shortened to what the page has room for; empty when it can't be shortened."""
    if kind in _IMAGES:
        return text if len(text) <= _IMAGE else ""
    if kind == "text/plain":
        return _shorten(text, _TEXT)
    return text if len(text) <= 5 * _TEXT else ""


def _shorten(text: str, most: int) -> str:
    if len(text) <= most:
        return text
    left_out = len(text) - most
    tail = most // 5
    return f"{text[: most - tail]}\n[… {left_out:,} characters left out …]\n{text[-tail:]}"
