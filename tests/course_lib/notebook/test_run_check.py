"""A released notebook calls its checks, alone and in any order."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from autograder.notebooks.names import find_bound_names, find_read_names
from course_lib.course_error import CourseError
from course_lib.notebook import run_check
from course_lib.notebook.run_check import CHECKS_FOLDER, join_checks, split_checks
from tests.course_lib.notebook.test_shorten_checks import TITLE, read_errors, run

FILES = sorted(CHECKS_FOLDER.glob("*.txt"))
# The third question of Lab 16 needs what the checks of the first two define.
WRONG = "def hebb(patterns):\n    return patterns.T @ patterns / patterns.shape[1]"
CALL = 'from course_lib.notebook import run_check\nrun_check("{}", "{}", globals())'


def call(question: str, lab: str = "16_network_zoo") -> str:
    return f"{TITLE}{question}\n{CALL.format(lab, question)}"


def test_a_check_runs_without_the_checks_before_it(tmp_path: Path) -> None:
    answer = f"import numpy as np\n{WRONG}\ndef hopfield_energy(w, s):\n    raise NameError('mine')"
    cell = run(tmp_path, answer, call("hopfield"))[1]
    (error,) = read_errors(cell)
    assert error.ename == "AssertionError"
    said = "".join(error.traceback)
    assert said.startswith("✗ hopfield: not yet. `hebb(patterns)` returned")
    assert said.endswith("Did you set the diagonal to 0? A neuron is not connected with itself.")


def test_an_error_of_the_answer_is_shown_at_its_own_line(tmp_path: Path) -> None:
    cell = run(tmp_path, "def hebb(patterns):\n    return patterns @ missing", call("hopfield"))[1]
    (error,) = read_errors(cell)
    assert "".join(error.traceback).endswith("It stopped at: return patterns @ missing")


def test_a_name_that_is_missing_is_said(tmp_path: Path) -> None:
    cell = run(tmp_path, "x = 1", call("hopfield"))[1]
    (error,) = read_errors(cell)
    assert "name 'hebb' is not defined. Run the cell that defines it" in "".join(error.traceback)


@pytest.mark.parametrize(("lab", "question"), [("99_none", "cells"), ("16_network_zoo", "none")])
def test_an_unknown_check_is_refused(lab: str, question: str) -> None:
    with pytest.raises(CourseError, match="has no check of"):
        run_check(lab, question, {})


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_checks_need_no_helper_that_only_a_run_of_another_check_makes(file: Path) -> None:
    made: set[str] = set()
    for question, source in split_checks(file.read_text(encoding="utf-8")).items():
        names = {name for name in find_read_names(source) if name.startswith("_")}
        assert names - find_bound_names(source) - made <= {"__name__"}, question
        for statement in ast.parse(source).body:
            bound = find_bound_names(ast.unparse(statement))
            is_constant = isinstance(statement, ast.Assign) and all(map(str.isupper, bound))
            if is_constant or not isinstance(statement, (ast.Assign, ast.Expr, ast.For)):
                made |= bound


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_joined_checks_are_split_again(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert join_checks({k: v.lstrip("\n") for k, v in split_checks(text).items()}) == text
