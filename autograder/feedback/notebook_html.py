"""A student's own cells as HTML, without what could run, be fetched, or fill the page."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from markupsafe import Markup
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from autograder.feedback.computing_time import ComputingTime, TooLong
from autograder.feedback.hidden_tests import HiddenTests
from autograder.feedback.safe_html import accessible, safe_html
from autograder.notebooks.reading.paste_images import paste_images

if TYPE_CHECKING:
    from nbconvert import HTMLExporter

_IMAGES = ("image/svg+xml", "image/png", "image/jpeg")
_SHOWN = ("text/html", "text/markdown", "text/latex", *_IMAGES, "text/plain")
_TEXT = 20_000  # characters of one text
_SOURCE = 60_000  # characters of one cell's source
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1a\x7f]")
_MARKUP = re.compile(r"[<>\"&\x00-\x1f]")
_IMAGE = 4_000_000  # characters of one image, base64
_OUTPUTS = 60  # outputs of one cell
_PAGE = 12_000_000  # characters of all outputs and pasted images of a page together
# Of computing. A lab's page takes 2 s, a table of 100,000 characters 1 s; parsers of Markdown, HTML
# and Python take hours over texts that are made for it, or happen to be.
_CELL_SECONDS = 4.0
_PAGE_SECONDS = 20.0


class NotebookHtml:
    """Turns a notebook's cells into HTML, one by one; one that can't be is shown as plain text.

    Args:
        hidden: what must not be shown.
    """

    def __init__(self, hidden: HiddenTests) -> None:
        self._hidden = hidden
        self._left = _PAGE
        self._time = ComputingTime(_PAGE_SECONDS)
        _exporter()  # not at the cost of the first cell

    def cell(self, cell: NotebookNode, number: int) -> Markup:
        """One of the student's cells, with its outputs.

        Args:
            cell: the cell.
            number: its place in the notebook, from 1, for the words in place of an image.
        """
        source = _cut(cell.source, _SOURCE)
        if cell.cell_type == "raw":
            return _plain(source)
        make = self._code if cell.cell_type == "code" else self._text
        return self._export(lambda: make(source, cell), source, number)

    def test(self, cell: NotebookNode, number: int) -> Markup:
        """One of the instructor's cells: the released part of its source, and no outputs.

        Args:
            cell: the cell.
            number: its place in the notebook, from 1.
        """
        source = self._hidden.released(cell)
        is_code = cell.cell_type == "code"
        make = (lambda: new_code_cell(source)) if is_code else (lambda: self._text(source, cell))
        return self._export(make, source, number)

    def _export(self, make: Callable[[], NotebookNode], source: str, number: int) -> Markup:
        """The cell that `make` makes, as HTML; its source and why, when it can't be shown."""
        try:
            with self._time.at_most(_CELL_SECONDS):
                body, _ = _exporter().from_notebook_node(new_notebook(cells=[make()]))
                # Sanitized; the page's policy lets nothing run that might have slipped through.
                return Markup(accessible(body, f"image in cell {number}"))
        except TooLong:
            why = "it, or a cell above, takes too long"
        except Exception as error:  # whatever it is, it costs this cell and no other
            why = type(error).__name__
        said = f"This cell can't be shown as Jupyter shows it ({why}). Its text is:"
        return Markup('<p class="soft">{}</p>').format(said) + _plain(source)

    # New cells: metadata and ids are the student's too, and some of them go into nbconvert's
    # attributes as they are.

    def _code(self, source: str, cell: NotebookNode) -> NotebookNode:
        return new_code_cell(source, outputs=self._outputs(cell))

    def _text(self, source: str, cell: NotebookNode) -> NotebookNode:
        text = new_markdown_cell(source)
        self._left -= paste_images(text, cell.get("attachments"), self._left)
        return text

    def _outputs(self, cell: NotebookNode) -> list[NotebookNode]:
        outputs = [self._output(output) for output in cell.outputs[:_OUTPUTS]]
        if len(cell.outputs) > _OUTPUTS:
            outputs.append(_note(f"{len(cell.outputs) - _OUTPUTS} more outputs are not shown"))
        return outputs

    def _output(self, output: NotebookNode) -> NotebookNode:
        if output.output_type == "error":
            text = "\n".join(output.get("traceback") or [f"{output.ename}: {output.evalue}"])
            shown = {"text/plain": text}
        elif output.output_type == "stream":
            shown = {"text/plain": _overwritten(output.text)}
        else:
            shown = {kind: output.data[kind] for kind in _SHOWN if kind in output.get("data", {})}
        if any(self._hidden.shown_in(str(value)) for value in shown.values()):
            return _note("this output shows a part of the tests; it is left out")
        shown = {kind: _fit(kind, value) for kind, value in shown.items() if _fit(kind, value)}
        self._left -= sum(len(value) for value in shown.values())
        if self._left < 0:
            return _note("the page is full; this output is left out")
        if not shown:
            return _note("an output that a page can't show")
        if output.output_type == "stream":
            return new_output("stream", name=output.name, text=shown["text/plain"])
        if output.output_type == "error":
            return new_output("error", traceback=[shown["text/plain"]])
        return new_output("display_data", shown, metadata=self._words(output, shown))

    def _words(self, output: NotebookNode, shown: dict[str, str]) -> dict[str, dict[str, str]]:
        """What stands in place of each image, where its output says it: letters and no more."""
        told = {kind: output.get("metadata", {}).get(kind) for kind in shown}
        words = {k: str(t.get("alt", ""))[:500] for k, t in told.items() if isinstance(t, dict)}
        return {
            kind: {"alt": _MARKUP.sub(" ", alt)}
            for kind, alt in words.items()
            if alt and not self._hidden.shown_in(alt)
        }


def _overwritten(text: str) -> str:
    """What a terminal would show of a progress bar: a carriage return starts the line anew."""
    lines = (line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n"))
    return _CONTROL.sub("", "\n".join(lines))


def _plain(text: str) -> Markup:
    return Markup("<pre>{}</pre>").format(_CONTROL.sub("", text))


@cache
def _exporter() -> HTMLExporter:
    """One for all pages: making its templates takes longer than filling them in."""
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
        filters={"clean_html": safe_html},
    )


def _note(text: str) -> NotebookNode:
    return new_output("stream", name="stdout", text=f"[{text}]\n")


def _fit(kind: str, value: object) -> str:
    """A value that the page has room for; empty when it has not."""
    text = value if isinstance(value, str) else str(value)
    if kind in _IMAGES:
        return text if len(text) <= _IMAGE else ""
    if kind == "text/plain":
        return _cut(text, _TEXT)
    return text if len(text) <= 5 * _TEXT else ""


def _cut(text: str, most: int) -> str:
    if len(text) <= most:
        return text
    left_out = len(text) - most
    tail = most // 5
    return f"{text[: most - tail]}\n[… {left_out:,} characters left out …]\n{text[-tail:]}"
