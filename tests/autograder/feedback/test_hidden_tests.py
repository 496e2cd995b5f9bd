"""Hidden tests are recognised in any form."""

from __future__ import annotations

import html

import pytest
from nbformat.v4 import new_code_cell, new_notebook
from traitlets.config import Config

from autograder.feedback.hidden_tests import HiddenTests
from autograder.notebooks.cell_roles import is_instructor_cell

SECRET = "assert double(7) == 14, 'it isn\\'t 14'"
SOURCE = f"assert double(2) == 4\n### BEGIN HIDDEN TESTS\n{SECRET}\nx = 1\n### END HIDDEN TESTS\n"


def cell(source: str, **mark: bool):
    return new_code_cell(
        source, metadata={"nbgrader": {"grade_id": "q", "solution": False, **mark}}
    )


def hidden(source: str = SOURCE, config: Config | None = None) -> HiddenTests:
    return HiddenTests(new_notebook(cells=[cell(source, grade=True)]), config or Config())


def test_released_part() -> None:
    assert hidden().released_source(cell(SOURCE, grade=True)) == "assert double(2) == 4"
    broken = "assert double(2) == 4\n### BEGIN HIDDEN TESTS\nassert secret"
    assert hidden(broken).released_source(cell(broken, grade=True)) == ""


def test_markers_from_the_courses_configuration() -> None:
    config = Config()
    config.ClearHiddenTests.begin_test_delimeter = "BEGIN SECRET"
    config.ClearHiddenTests.end_test_delimeter = "END SECRET"
    source = SOURCE.replace("HIDDEN TESTS", "SECRET")
    assert (
        hidden(source, config).released_source(cell(source, grade=True)) == "assert double(2) == 4"
    )


@pytest.mark.parametrize(
    "text",
    [
        SECRET,
        f"In[4] = {SOURCE!r}",
        f"<pre>{html.escape(SECRET)}</pre>",
        "\x1b[31massert\x1b[0m double(7) == \x1b[1m14\x1b[0m, 'it isn\\'t 14'",
    ],
)
def test_shown(text: str) -> None:
    assert hidden().are_shown_in(text)


@pytest.mark.parametrize("text", ["assert double(2) == 4", "x = 1", "it isn't 14", ""])
def test_not_shown(text: str) -> None:
    assert not hidden().are_shown_in(text)


def test_tells_tests_from_answers() -> None:
    assert is_instructor_cell(cell("", grade=True)) and is_instructor_cell(
        cell("", grade=True, task=True)
    )
    assert not is_instructor_cell(cell("", grade=True, solution=True)) and not is_instructor_cell(
        new_code_cell("")
    )
