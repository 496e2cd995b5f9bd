"""A student's own cells as HTML, without what could run, be fetched, or fill the page."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from markupsafe import Markup
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from autograder.feedback.hidden_tests import HiddenTests
from autograder.feedback.safe_html import accessible, safe_html

if TYPE_CHECKING:
    from nbconvert import HTMLExporter

_PICTURES = ("image/svg+xml", "image/png", "image/jpeg")
_SHOWN = ("text/html", "text/markdown", "text/latex", *_PICTURES, "text/plain")
_TEXT = 20_000  # characters of one text
_SOURCE = 60_000  # characters of one cell's source
_RETURN = re.compile(r"[^\n]*\r(?=[^\n])")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1a\x7f]")
_MARKUP = re.compile(r"[<>\"&\x00-\x1f]")
_PICTURE = 4_000_000  # characters of one picture, base64
_OUTPUTS = 60  # outputs of one cell
_PAGE = 12_000_000  # characters of all outputs of a page together


class NotebookHtml:
    """Turns a notebook's cells into HTML, one by one.

    Args:
        hidden: what must not be shown.
    """

    def __init__(self, hidden: HiddenTests) -> None:
        self._hidden = hidden
        self._left = _PAGE

    def cell(self, cell: NotebookNode, number: int) -> Markup:
        """One of the student's cells, with its outputs.

        Args:
            cell: the cell.
            number: its place in the notebook, from 1, for the words in place of a picture.
        """
        # A new cell: metadata, attachments and ids are the student's too, and some of them
        # go into nbconvert's attributes as they are.
        source = _cut(cell.source, _SOURCE)
        if cell.cell_type == "code":
            return self._export(new_code_cell(source, outputs=self._outputs(cell)), number)
        clean = new_markdown_cell(source if cell.cell_type == "markdown" else f"```\n{source}\n```")
        if cell.get("attachments"):
            clean.attachments = cell.attachments
        return self._export(clean, number)

    def test(self, cell: NotebookNode, number: int) -> Markup:
        """One of the instructor's cells: the released part of its source, and no outputs.

        Args:
            cell: the cell.
            number: its place in the notebook, from 1.
        """
        make = new_code_cell if cell.cell_type == "code" else new_markdown_cell
        return self._export(make(self._hidden.released(cell)), number)

    def _export(self, cell: NotebookNode, number: int) -> Markup:
        body, _ = _exporter().from_notebook_node(new_notebook(cells=[cell]))
        # Sanitized above; the page's policy lets nothing run that might have slipped through.
        return Markup(accessible(body, f"picture in cell {number}"))

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
        """What stands in place of each picture, where its output says it: letters and no more."""
        told = {kind: output.get("metadata", {}).get(kind) for kind in shown}
        words = {k: str(t.get("alt", ""))[:500] for k, t in told.items() if isinstance(t, dict)}
        return {
            kind: {"alt": _MARKUP.sub(" ", alt)}
            for kind, alt in words.items()
            if alt and not self._hidden.shown_in(alt)
        }


def _overwritten(text: str) -> str:
    """What a terminal would show of a progress bar: a carriage return starts the line anew."""
    return _CONTROL.sub("", _RETURN.sub("", text))


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
        # nbconvert's own allow-list has no headings, paragraphs or pictures.
        filters={"clean_html": safe_html},
    )


def _note(text: str) -> NotebookNode:
    return new_output("stream", name="stdout", text=f"[{text}]\n")


def _fit(kind: str, value: object) -> str:
    """A value that the page has room for; empty when it has not."""
    text = value if isinstance(value, str) else str(value)
    if kind in _PICTURES:
        return text if len(text) <= _PICTURE else ""
    if kind == "text/plain":
        return _cut(text, _TEXT)
    return text if len(text) <= 5 * _TEXT else ""


def _cut(text: str, most: int) -> str:
    if len(text) <= most:
        return text
    left_out = len(text) - most
    tail = most // 5
    return f"{text[: most - tail]}\n[… {left_out:,} characters left out …]\n{text[-tail:]}"
