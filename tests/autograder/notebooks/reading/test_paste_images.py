"""A pasted image stays with its text; a missing image is reported."""

from __future__ import annotations

import base64
import json

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbconvert import HTMLExporter
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_notebook

from autograder.authoring.instructor_notebook import make_instructor_notebook
from autograder.course.course import Course
from autograder.notebooks.forms import release_notebook
from autograder.notebooks.reading.paste_images import paste_images
from autograder.notebooks.reading.read_submitted_notebook import read_submitted_notebook
from autograder.notebooks.reading.repair_notebook import repair_notebook
from course_lib.figures.canvas import Canvas
from tests.autograder.tiny_course import LAB, solved, submit

PNG = base64.b64encode(Canvas(1, 1, "A formula")._repr_png_()).decode()
JPEG = base64.b64encode(b"\xff\xd8\xff\xe0 a photograph").decode()
IMAGE = {"image/png": PNG}


def read(course: Course, source: str, attachments: object) -> NotebookNode:
    """Return a notebook with this text cell, as grading reads it."""
    cell = {"cell_type": "markdown", "source": source, "attachments": attachments, "metadata": {}}
    content = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]}
    folder = submit(course, "student", json.dumps(content)).folder
    return read_submitted_notebook(folder, LAB, set())[0]


def render(notebook: NotebookNode) -> BeautifulSoup:
    """Return the page of nbconvert, which formgrader shows."""
    nbformat.validate(notebook)
    exporter = HTMLExporter(template_name="basic")
    return BeautifulSoup(exporter.from_notebook_node(notebook)[0], "html.parser")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("![a](attachment:image.png)", "image.png"),
        ("![a](attachment:my%20notes.png)", "my notes.png"),
        ("![a](attachment:Größe.png)", "Größe.png"),
        ('![a](attachment:photo(1).png "a title")', "photo(1).png"),
        ("![a](<attachment:image.png>)", "image.png"),
        ("![a][1]\n\n[1]: attachment:image.png", "image.png"),
    ],
)
def test_an_image_is_kept(course: Course, text: str, name: str) -> None:
    notebook = read(course, text, {name: IMAGE, "left over.png": IMAGE})
    assert render(notebook).img["src"] == f"data:image/png;base64,{PNG}"
    assert "missing" not in notebook.cells[0].source and len(notebook.cells[0].attachments) == 1


def test_text_without_links_is_unchanged(course: Course) -> None:
    text = "![image.png](attachment:image.png) and an attachment: this"
    assert read(course, text, {"image.png": IMAGE}).cells[0].source == text


@pytest.mark.parametrize(
    ("kept", "attachment"),
    [
        (True, {"image/jpeg": JPEG}),
        (True, {"image/png": [PNG[:20] + "\n", PNG[20:]]}),
        (False, {"image/svg+xml": base64.b64encode(b"<svg></svg>").decode()}),
        (False, {"image/png": base64.b64encode(b"<script>").decode()}),
        (False, {"image/png": PNG + '" onerror="x()'}),
        (False, {"image/png": "Ü"}),
        (False, {"image/png": base64.b64encode(b"\x89PNG" + bytes(20_000_000)).decode()}),
        (False, {"image/png": {"a": 1}}),
        (False, {}),
        (False, 7),
    ],
)
def test_only_images_are_kept(course: Course, kept: bool, attachment: object) -> None:
    notebook = read(course, "![a](attachment:image.png)", {"image.png": attachment})
    assert render(notebook).img["src"].startswith("data:image/") == kept
    assert ("1 image is missing here" in render(notebook).get_text()) != kept
    assert ("attachments" in notebook.cells[0]) == kept


@pytest.mark.parametrize("attachments", [None, [], {"other.png": IMAGE}])
@pytest.mark.parametrize(
    "text", ["![a](attachment:x.png)", "![a]( <attachment:>)", "![a][1]\n\n[1]: attachment:x.png"]
)
def test_a_missing_image_is_reported(course: Course, text: str, attachments: object) -> None:
    soup = render(read(course, text, attachments))
    assert soup.img["alt"] == "a" and "1 image is missing here" in soup.get_text()


def test_the_images_of_a_cell_have_a_limit() -> None:
    cell = new_markdown_cell("![a](attachment:a) ![b](attachment:b) ![a](attachment:a)")
    kept = paste_images(cell, {"a": IMAGE, "b": IMAGE}, len(PNG) + 1)
    assert kept == len(PNG) and list(cell.attachments) == ["a"]
    assert len(render(new_notebook(cells=[cell])).find_all(src=f"data:image/png;base64,{PNG}")) == 2


def test_a_missing_image_is_reported_once() -> None:
    cell = new_markdown_cell("![a](attachment:a)")
    paste_images(cell, None)
    once = cell.source
    paste_images(cell, None)
    assert cell.source == once


@pytest.mark.parametrize("kind", ["markdown", "raw"])
def test_a_written_answer_keeps_its_image(course: Course, kind: str) -> None:
    notebook = solved(course)
    (answer,) = (c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("points") == 4)
    answer.cell_type, answer.source = kind, "![my formula](attachment:image.png)"
    answer.attachments = {"image.png": IMAGE}
    submitted, *_ = read_submitted_notebook(submit(course, "student", notebook).folder, LAB, set())
    source = make_instructor_notebook(course, course.lab(LAB))
    soup = render(repair_notebook(submitted, source, release_notebook(source))[0])
    assert soup.find("img", alt="my formula")["src"].startswith("data:image/png;base64,") == (
        kind == "markdown"
    )
    assert ("1 image is missing here" in soup.get_text()) == (kind == "raw")
