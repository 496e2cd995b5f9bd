"""Words for pictures: those of the figure, or where it stands; never markup."""

from __future__ import annotations

import base64
from typing import Any

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_notebook, new_output

from autograder.feedback.hidden_tests import HiddenTests
from autograder.feedback.notebook_html import NotebookHtml
from course_lib.figures.canvas import Canvas

PNG = base64.b64encode(Canvas(1, 1, "A finding")._repr_png_()).decode()


@pytest.mark.parametrize(
    ("metadata", "alt"),
    [
        (Canvas(1, 1, "Blue is above orange")._repr_mimebundle_()[1], "Blue is above orange"),
        ({"image/png": {"alt": '"><script>x()</script>'}}, "script x() /script"),
        ({"image/png": "no table"}, "picture in cell 7"),
        ({}, "picture in cell 7"),
    ],
)
def test_words_for_a_picture(metadata: dict[str, Any], alt: str) -> None:
    picture = new_output("display_data", {"image/png": PNG}, metadata=metadata)
    cell = nbformat.from_dict(new_code_cell("figure", outputs=[picture]))
    html = NotebookHtml(HiddenTests(new_notebook(cells=[cell]), None)).cell(cell, 7)
    soup = BeautifulSoup(html, "html.parser")
    assert " ".join(soup.img["alt"].split()) == alt and not soup.script
