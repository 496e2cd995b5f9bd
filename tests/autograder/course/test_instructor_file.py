"""Instructors' notebooks that other tools wrote are read, or refused with a sentence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from autograder.course.instructor_file import read_instructor_file
from autograder.errors import AutograderError

WHOLE: dict[str, Any] = json.loads(
    nbformat.writes(new_notebook(cells=[new_code_cell("größe = 'O’Brien'")]))
)
MISSING = type("Missing", (), {"__repr__": lambda self: "missing"})()


def write(path: Path, encoding: str = "utf-8", **changes: Any) -> Path:
    fields = {k: v for k, v in {**WHOLE, **changes}.items() if v is not MISSING}
    path.write_bytes(json.dumps(fields, ensure_ascii=False).encode(encoding))
    return path


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"encoding": "utf-8-sig"},
        {"encoding": "utf-16"},
        {"nbformat": 4.0},
        {"nbformat": "4"},
        {"nbformat": MISSING},
        {"nbformat_minor": MISSING},
        {"nbformat_minor": 5.0},
        {"metadata": MISSING},
        {"metadata": None},
        {"metadata": {"kernelspec": None}},
    ],
    ids=lambda changes: "-".join(f"{k} {v}"[:30] for k, v in changes.items()) or "whole",
)
def test_odd_notebooks_are_read(changes: dict[str, Any], tmp_path: Path) -> None:
    notebook = read_instructor_file(write(tmp_path / "one.ipynb", **changes))
    assert [cell.source for cell in notebook.cells] == ["größe = 'O’Brien'"]
    assert notebook.nbformat == 4


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "cannot be read: Expecting value"),
        (b"[]", "is JSON but not a notebook"),
        (b'"cells"', "is JSON but not a notebook"),
        (b'{"cells": {}}', "is JSON but not a notebook"),
        (b'{"cells": [', "cannot be read"),
        (b'{"cells": [1]}', "cannot be read"),
        (b'{"cells": [], "nbformat": 99}', "cannot be read"),
        (b"\xff\xfe\x00", "cannot be read"),
        (b"[" * 100_000, "cannot be read"),
    ],
    ids=["empty", "list", "text", "no list", "cut", "no cell", "future", "bytes", "deep"],
)
def test_other_files_are_refused_by_name(content: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / "one.ipynb"
    path.write_bytes(content)
    with pytest.raises(AutograderError, match=said) as refused:
        read_instructor_file(path)
    assert str(path) in str(refused.value)
