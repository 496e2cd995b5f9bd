"""A student runs the visible checks of one question, in any notebook front end."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell

import course_lib
from course_lib import check_my_work
from tests.autograder.tiny_course import LAB, make_course

CELLS = {
    "neuron": "got = neuron(2)\nassert got == 3, f'did you add the bias? 2 + 1 is 3, not {got}'",
    "silent": "assert neuron(0) == 2",
    "curves": "YOUR ANSWER HERE",
}


@pytest.fixture
def notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write a lab's notebook into the current folder, next to broken ones."""
    cells = []
    for name, source in CELLS.items():
        mark = {"grade_id": name, "grade": True, "solution": name == "curves", "points": 1}
        kind = "markdown" if name == "curves" else "code"
        cells.append({"cell_type": kind, "source": [source], "metadata": {"nbgrader": mark}})
    path = tmp_path / "lab.ipynb"
    path.write_text(json.dumps({"cells": cells}))
    (tmp_path / "a_broken.ipynb").write_text("{")
    (tmp_path / "b_list.ipynb").write_text("[]")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    return path


def one_line(*_: object) -> float:
    return 1 / 0


@pytest.mark.parametrize(
    ("neuron", "outcome"),
    [
        (lambda x: x + 1, "neuron: right, as far as you can see. More checks run when"),
        (lambda x: x, "neuron: not yet. did you add the bias? 2 + 1 is 3, not 2"),
        (one_line, "neuron: not yet. ZeroDivisionError: division by zero\nIt stopped at: return 1"),
        (None, "neuron: not yet. TypeError: 'NoneType' object is not callable\n"),
    ],
)
def test_outcome_is_printed(notebook: Path, capsys, neuron: object, outcome: str) -> None:
    check_my_work("neuron", {"neuron": neuron})
    assert capsys.readouterr().out.startswith(outcome)


def test_cells_without_a_passing_check(notebook: Path, capsys) -> None:
    def unanswered(_: float) -> float:
        raise NotImplementedError

    check_my_work("neuron", {"neuron": unanswered})
    check_my_work("curves", {})
    check_my_work("silent", {"neuron": abs})
    check_my_work("neuron", {})
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("neuron: no answer yet.")
    assert lines[1].startswith("curves: a person marks it")
    assert lines[2] == "silent: not yet."
    assert lines[3].startswith("neuron: not yet. NameError: name 'neuron' is not defined. Run")


def test_notebook_is_found(notebook: Path, monkeypatch, capsys, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="there are: neuron, silent, curves"):
        check_my_work("neurone", {"__vsc_ipynb_file__": str(notebook)})
    elsewhere = Path(shutil.move(notebook, tmp_path / "moved.ipynb_away"))
    check_my_work("neuron", {})
    assert "was not found; run the cell below" in capsys.readouterr().out
    monkeypatch.setenv("JPY_SESSION_NAME", str(elsewhere.rename(tmp_path / "here.ipynb")))
    check_my_work("neuron", {"neuron": lambda x: x + 1})
    assert "neuron: right" in capsys.readouterr().out


def test_released_lab_in_a_kernel(tmp_path: Path) -> None:
    course = make_course(tmp_path / "course")
    released = course.release_dir / LAB / f"{LAB}.ipynb"
    notebook = nbformat.read(released, as_version=4)
    answer = "def neuron(x, w, b):\n    return np.dot(x, w)"
    ask = "from course_lib import check_my_work\ncheck_my_work('neuron')\ncheck_my_work('softmax')"
    calls = [new_code_cell(source) for source in ("import numpy as np", answer, ask)]
    softmax = [cell for cell in notebook.cells if cell.id == "softmax_answer"]
    notebook.cells = [*calls[:2], *softmax, calls[2]]
    root = Path(course_lib.__file__).parents[1]
    notebook.cells.insert(0, new_code_cell(f"import sys; sys.path.insert(0, {str(root)!r})"))
    there = {"metadata": {"path": str(released.parent)}}
    ran = NotebookClient(notebook, timeout=60, resources=there).execute()
    (printed,) = (output.text for output in ran.cells[-1].outputs)
    assert printed.splitlines()[0].startswith("neuron: right")  # the bias is checked at grading
    assert printed.splitlines()[1].startswith("softmax: no answer yet")
