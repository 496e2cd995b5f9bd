"""The page of versions that work is what was tried, and `make matrix` tries what is there."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def matrix():
    specification = importlib.util.spec_from_file_location("matrix", ROOT / "tools" / "matrix.py")
    module = importlib.util.module_from_spec(specification)
    sys.modules["matrix"] = module
    specification.loader.exec_module(module)
    return module


def test_the_page_is_made_of_what_was_tried(matrix) -> None:
    made = [matrix.Row(**fields) for fields in json.loads(matrix.RESULTS.read_text("utf-8"))]
    assert matrix.PAGE.read_text("utf-8") == matrix.page(made)
    assert {row.name for row in made} <= {row.name for row in matrix.rows()}


def test_what_was_not_tried_and_what_failed_is_on_the_page(matrix) -> None:
    failed = matrix.Row("3.12", "newest", "failed", "1 failed, 3 passed", ["FAILED a"])
    page = matrix.page([failed, matrix.Row("3.10", "oldest", "not to be had", "no Python 3.10")])
    assert "| failed | 1 failed, 3 passed |" in page
    assert "- 3.12-newest: `FAILED a`" in page
    assert "| not to be had | no Python 3.10" in page
    assert "Not tried yet: 3.10-newest" in page


def test_every_python_that_is_allowed_is_tried(matrix) -> None:
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    assert f'requires-python = ">={matrix.PYTHONS[0]},<3.14"' in project
    assert matrix.PYTHONS[-1] == "3.13"
