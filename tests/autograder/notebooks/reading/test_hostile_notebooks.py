"""Notebooks made to keep the grader busy: refused, or read and matched in seconds."""

from __future__ import annotations

import json
import random
import time
from pathlib import Path
from typing import Any

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from autograder.errors import AutograderError
from autograder.notebooks.reading.read_submitted_notebook import read_submitted_notebook
from autograder.notebooks.reading.repair_notebook import repair_notebook
from tests.autograder.engine.judge import mark

SECONDS = 30  # some with a free processor


def make_lab(questions: int = 12, lines: int = 80) -> NotebookNode:
    cells = []
    for number in range(questions):
        test = "\n".join(f"assert answer_{number}({n}) == {n * number}" for n in range(lines))
        answer = new_code_cell(f"def answer_{number}(n): pass")
        answer.metadata = {"nbgrader": {"grade_id": f"a{number}", "solution": True, "grade": False}}
        cells += [answer, new_code_cell(test, metadata=mark(f"q{number}"))]
    return new_notebook(cells=cells)


def shuffle(text: str, choice: random.Random) -> str:
    lines = text.splitlines()
    return "\n".join(choice.sample(lines, len(lines)))


@pytest.mark.parametrize("kind", ["shuffled", "mixed", "one_id", "definitions", "much_code"])
def test_a_thousand_cells_are_matched_in_seconds(tmp_path: Path, kind: str) -> None:
    lab, choice = make_lab(), random.Random(1)
    tests = [cell.source for cell in lab.cells[1::2]]
    lines = "\n".join(tests).splitlines()
    cells = {
        "shuffled": lambda: new_code_cell(shuffle(choice.choice(tests), choice)),
        "mixed": lambda: new_code_cell("\n".join(choice.choices(lines, k=200))),
        "one_id": lambda: new_code_cell(shuffle(tests[3], choice), metadata=mark("q3")),
        "definitions": lambda: new_code_cell("def answer(): pass\n" * 300),
        "much_code": lambda: new_code_cell("x = [1, 2, (3, 4), f(5)]\n" * 390),
    }
    notebook = new_notebook(cells=[cells[kind]() for _ in range(1000)])
    (tmp_path / "lab.ipynb").write_text(json.dumps(notebook))
    started = time.monotonic()
    submitted, *_ = read_submitted_notebook(tmp_path, "lab", set())
    repaired, _ = repair_notebook(submitted, lab, lab)
    assert time.monotonic() - started < SECONDS
    ours = [cell.source for cell in repaired.cells if cell.metadata.get("nbgrader")]
    assert [text for text in ours if text in tests] == tests


def nest(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


CODE = {"cell_type": "code", "input": "x = 1", "language": "python", "metadata": {}}


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ([{**CODE, "outputs": []}] * 20_000, "20000 cells"),
        ([{**CODE, "outputs": [], "input": nest(500)}], "cannot be converted"),
    ],
)
def test_an_old_notebook_is_checked_before_it_is_converted(
    tmp_path: Path, cells: list[Any], problem: str
) -> None:
    fields = {"nbformat": 3, "nbformat_minor": 0, "worksheets": [{"cells": cells}]}
    (tmp_path / "lab.ipynb").write_text(json.dumps(fields))
    started = time.monotonic()
    with pytest.raises(AutograderError, match=problem):
        read_submitted_notebook(tmp_path, "lab", set())
    assert time.monotonic() - started < SECONDS


def test_outputs_of_an_old_notebook_are_not_converted(tmp_path: Path) -> None:
    cells = [{**CODE, "outputs": [{"output_type": "pyout", "data": nest(400)}] * 5}] * 900
    fields = {"nbformat": 3, "nbformat_minor": 0, "worksheets": [{"cells": cells}]}
    (tmp_path / "lab.ipynb").write_text(json.dumps(fields))
    notebook, *_ = read_submitted_notebook(tmp_path, "lab", set())
    assert len(notebook.cells) == 900 and notebook.cells[0].source == "x = 1"


def test_too_many_parts_are_not_read(tmp_path: Path) -> None:
    many = b'{"nbformat": 4, "cells": [' + b"[]," * 5_000_000 + b"[]]}"
    (tmp_path / "lab.ipynb").write_bytes(many)
    with pytest.raises(AutograderError, match="the maximum is 3,000,000"):
        read_submitted_notebook(tmp_path, "lab", set())
