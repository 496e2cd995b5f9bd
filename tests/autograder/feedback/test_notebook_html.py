"""Descriptions of images; cells that can't be rendered become plain text."""

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
def test_description_of_an_image(metadata: dict[str, Any], alt: str) -> None:
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


def test_a_missing_pasted_image_becomes_its_description() -> None:
    (soup,) = soups(new_markdown_cell("![a formula](attachment:image.png) **because**"))
    assert not soup.img and soup.strong.get_text() == "because"
    assert "[a formula]" in soup.get_text() and "1 image is missing here" in soup.get_text()


def test_pasted_images_count_towards_the_size_of_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notebook_html, "_PAGE", len(PNG))
    first, second = soups(pasted(), pasted())
    assert first.img and not second.img and "missing here" in second.get_text()


def test_a_cell_that_nbconvert_rejects_costs_no_other_cell() -> None:
    # A link that only nbconvert's parser recognises.
    refused, next_one = soups(new_markdown_cell("![a](&#97;ttachment:x) <b>"), pasted())
    assert refused.pre.get_text() == "![a](&#97;ttachment:x) <b>" and not refused.b
    assert "can't be shown as Jupyter shows it" in refused.get_text()
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
def test_a_cell_that_takes_too_long_becomes_plain_text(
    monkeypatch: pytest.MonkeyPatch, cell: NotebookNode
) -> None:
    soups(pasted())  # templates are loaded at the first cell
    # The slow cells need more than 5 s of computing time, the others a few milliseconds.
    monkeypatch.setattr(notebook_html, "_CELL_SECONDS", 1.0)
    first, slow, last = soups(pasted(), cell, pasted())
    assert first.img and last.img
    assert "can't be shown as" in slow.get_text() or "a page can't show" in slow.get_text()
    assert cell.source in slow.get_text() and len(slow.find_all(True)) < 20


def test_a_page_without_time_left_continues_as_plain_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notebook_html, "_PAGE_SECONDS", 0.0)
    for soup in soups(pasted("<script>"), new_code_cell("<script>"), new_raw_cell("<script>")):
        assert soup.pre.get_text() == "<script>" and not soup.script


@pytest.mark.parametrize("text", ["a" * 1_000_000, "<" * 1_000_000, "a\r" * 500_000])
def test_very_long_lines(text: str) -> None:
    output = new_output("stream", text=text)
    html = NotebookHtml(HiddenTests(new_notebook(cells=[a_test()]), Config()))
    soup = BeautifulSoup(html.render_cell(with_output(output), 1), "html.parser")
    assert soup.select_one(".output") and "can't be shown" not in soup.get_text()


def a_test() -> NotebookNode:
    """A test cell with a hidden line."""
    source = "### BEGIN HIDDEN TESTS\nassert secret() == 4711\n### END HIDDEN TESTS"
    return new_code_cell(source, metadata={"nbgrader": {"grade": True, "solution": False}})


@pytest.mark.parametrize(
    ("printed", "shown"),
    [("1/2\r2/2\n", "2/2\n"), ("done\r\nnext\n", "done\nnext\n"), ("a\rb\r\r\n", "b\n")],
)
def test_carriage_returns_as_in_a_terminal(printed: str, shown: str) -> None:
    (soup,) = soups(with_output(new_output("stream", text=printed)))
    assert soup.select_one(".output pre").get_text() == shown
