"""The page of versions is made from the recorded outcomes and lists what is missing."""

from __future__ import annotations

import json
from pathlib import Path

from tools import matrix

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_is_made_from_the_outcomes() -> None:
    tested = [matrix.Row(**fields) for fields in json.loads(matrix.RESULTS.read_text("utf-8"))]
    assert matrix.PAGE.read_text("utf-8") == matrix.make_page(tested)
    assert {row.name for row in tested} <= {row.name for row in matrix.list_rows()}


def test_the_page_lists_failures_and_missing_rows() -> None:
    failed = matrix.Row("3.12", "newest", "failed", "1 failed, 3 passed", ["FAILED a"])
    missing = matrix.Row("3.10", "oldest", "not available", "this machine does not have it")
    page = matrix.make_page([failed, missing])
    assert "| failed | 1 failed, 3 passed |" in page
    assert "- 3.12-newest: `FAILED a`" in page
    assert "| not available | this machine does not have it" in page
    assert "Not tested yet: 3.10-newest" in page


def test_the_page_lists_courses_with_their_commit() -> None:
    row = {"repository": "a/b", "commit": "0123456789abcdef", "notebooks": 2, "cells": 9}
    row |= {"stock": 8, "without": 6, "adopted": 8, "trusted": 2}
    text = "\n".join(matrix.list_courses([row, row]))
    assert "| [a/b](https://github.com/a/b) | 0123456789 | 2 | 9 | 8 | 6 | 8 | 2 |" in text
    assert "| all | | 4 | 18 | 16 | 12 | 16 | 4 |" in text
    assert "75.0% pass without trust and 100.0% after `adopt`" in text
    assert matrix.list_courses([]) == []


def test_every_supported_python_is_tested() -> None:
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    assert f'requires-python = ">={matrix.PYTHONS[0]},<3.14"' in project
    assert matrix.PYTHONS[-1] == "3.13"
