"""The page of versions is made from the recorded outcomes and lists what is missing."""

from __future__ import annotations

import json
import subprocess
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


def test_every_test_that_it_runs_exists() -> None:
    make = [
        "make",
        "--no-print-directory",
        "--dry-run",
        "--old-file=.venv/.installed",
        "test-quick",
    ]
    command = subprocess.run(make, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    named = [word for word in command.split() if word.startswith("tests/")]
    assert len(named) > 10
    for word in named:
        file, _, test = word.partition("::")
        path = ROOT / file
        assert path.exists(), word
        assert not test or f"def {test}(" in path.read_text("utf-8"), word


def test_the_page_lists_only_packages_that_are_required() -> None:
    row = matrix.Row("3.12", "newest", "passed", versions={"numpy": "2.5.5", "six": "1.17.0"})
    page = matrix.make_page([row])
    assert "| numpy | 2.5.5 |" in page and "six" not in page


def test_colab_is_a_row_with_its_versions() -> None:
    row = matrix.list_rows()[-1]
    assert (row.name, matrix.COLAB["tensorflow"]) == ("3.13-Colab", "2.20")
