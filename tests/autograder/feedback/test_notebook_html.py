"""Words for images; and what can't be shown as Jupyter does, is plain text."""

from __future__ import annotations

import base64
from typing import Any

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat import NotebookNode
from nbformat.v4 import (
    new_code_cell,
    new_markdown_cell,
    new_notebook,
    new_output,
    new_raw_cell,
)
from traitlets.config import Config

from autograder.feedback import notebook_html
from autograder.feedback.hidden_tests import HiddenTests
from autograder.feedback.notebook_html import NotebookHtml
from course_lib.figures.canvas import Canvas

PNG = base64.b64encode(Canvas(1, 1, "A finding")._repr_png_()).decode()


@pytest.mark.parametrize(
    ("metadata", "alt"),
    [
        (Canvas(1, 1, "Blue is above orange")._repr_mimebundle_()[1], "Blue is above orange"),
        ({"image/png": {"alt": '"><script>x()</script>'}}, "script x() /script"),
        ({"image/png": "no table"}, "image in cell 7"),
        ({}, "image in cell 7"),
    ],
)
def test_words_for_a_image(metadata: dict[str, Any], alt: str) -> None:
    image = new_output("display_data", {"image/png": PNG}, metadata=metadata)
    cell = nbformat.from_dict(new_code_cell("figure", outputs=[image]))
    html = NotebookHtml(HiddenTests(new_notebook(cells=[cell]), None)).render_cell(cell, 7)
    soup = BeautifulSoup(html, "html.parser")
    assert " ".join(soup.img["alt"].split()) == alt and not soup.script


def soups(*cells: NotebookNode) -> list[BeautifulSoup]:
    """The cells of one page."""
    html = NotebookHtml(HiddenTests(new_notebook(cells=[]), None))
    return [
        BeautifulSoup(html.render_cell(cell, n), "html.parser") for n, cell in enumerate(cells, 1)
    ]


def with_output(output: NotebookNode) -> NotebookNode:
    return new_code_cell("a = '<b>'", outputs=[output])


def pasted(text: str = "![a formula](attachment:image.png)") -> NotebookNode:
    return new_markdown_cell(text, attachments={"image.png": {"image/png": PNG}})


def test_a_pasted_image_is_shown() -> None:
    (soup,) = soups(pasted())
    assert soup.img["src"] == f"data:image/png;base64,{PNG}" and soup.img["alt"] == "a formula"


def test_a_pasted_image_that_is_not_there_is_words() -> None:
    (soup,) = soups(new_markdown_cell("![a formula](attachment:image.png) **because**"))
    assert not soup.img and soup.strong.get_text() == "because"
    assert "[a formula]" in soup.get_text() and "1 image is missing here" in soup.get_text()


def test_pasted_images_fill_the_page_like_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notebook_html, "_PAGE", len(PNG))
    first, second = soups(pasted(), pasted())
    assert first.img and not second.img and "missing here" in second.get_text()


def test_a_cell_that_nbconvert_refuses_costs_no_other() -> None:
    # A link in a spelling that only its parser reads.
    refused, next_one = soups(new_markdown_cell("![a](&#97;ttachment:x) <b>"), pasted())
    assert refused.pre.get_text() == "![a](&#97;ttachment:x) <b>" and not refused.b
    assert "can't be shown as Jupyter shows it (InvalidNotebook)" in refused.get_text()
    assert next_one.img


@pytest.mark.parametrize(
    "cell",
    [
        with_output(new_output("display_data", {"text/html": "<b>" * 30_000})),
        with_output(new_output("display_data", {"text/html": "<ul><li>" * 12_000})),
        new_markdown_cell("[" * 60_000),
        new_code_cell("'a' + " + ".b" * 25_000),
    ],
    ids=["html", "lists", "markdown", "code"],
)
def test_what_takes_too_long_is_plain(monkeypatch: pytest.MonkeyPatch, cell: NotebookNode) -> None:
    soups(pasted())  # templates are made at the first cell
    monkeypatch.setattr(notebook_html, "_CELL_SECONDS", 0.2)
    first, slow, last = soups(pasted(), cell, pasted())
    assert first.img and last.img
    assert "it, or a cell above, takes too long" in slow.p.get_text()
    assert slow.pre.get_text() == cell.source and len(slow.find_all(True)) == 2


def test_a_page_whose_time_is_up_goes_on_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notebook_html, "_PAGE_SECONDS", 0.0)
    for soup in soups(pasted("<script>"), new_code_cell("<script>"), new_raw_cell("<script>")):
        assert soup.pre.get_text() == "<script>" and not soup.script


@pytest.mark.parametrize("text", ["a" * 1_000_000, "<" * 1_000_000, "a\r" * 500_000])
def test_a_line_without_an_end_is_no_trouble(text: str) -> None:
    output = new_output("stream", text=text)
    html = NotebookHtml(HiddenTests(new_notebook(cells=[a_test()]), Config()))
    soup = BeautifulSoup(html.render_cell(with_output(output), 1), "html.parser")
    assert soup.select_one(".output") and "can't be shown" not in soup.get_text()


def a_test() -> NotebookNode:
    """With a line to be looked for in all that is shown."""
    source = "### BEGIN HIDDEN TESTS\nassert secret() == 4711\n### END HIDDEN TESTS"
    return new_code_cell(source, metadata={"nbgrader": {"grade": True, "solution": False}})


@pytest.mark.parametrize(
    ("printed", "stays"),
    [("1/2\r2/2\n", "2/2\n"), ("done\r\nnext\n", "done\nnext\n"), ("a\rb\r\r\n", "b\n")],
)
def test_what_a_terminal_would_show(printed: str, stays: str) -> None:
    (soup,) = soups(with_output(new_output("stream", text=printed)))
    assert soup.select_one(".output pre").get_text() == stays
