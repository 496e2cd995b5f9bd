"""Before a class, the solution and the stub show whether the tests work on this machine."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from nbformat import NotebookNode

from autograder.grading.environment import compute_environment_digest
from tests.autograder.nbgrader_notebooks import (
    answer,
    check,
    code,
    hand_in,
    make_course,
    mark,
    run_module,
    task,
)

pytestmark = pytest.mark.slow

RIGHT = (answer("a", "x = 2", "x = None"), check("q", "assert x == 2"))


def grade(root: Path, *options: str, code: int = 0) -> str:
    done = run_module(root, "autograder", "grade", "ps1", *options, code=code)
    return done.stdout + done.stderr


def rows(root: Path) -> list[dict]:
    return [json.loads(line) for line in (root / "out.jsonl").read_text().splitlines()]


WRONG: dict[str, tuple[tuple[NotebookNode, ...], str]] = {
    "a wrong solution": (
        (answer("a", "x = 3", "x = None"), check("q", "assert x == 2, 'x is not 2'")),
        "q: the solution gets 0 of 1 (x is not 2)",
    ),
    "a package that is missing": (
        (answer("a", "x = 2"), check("q", "import no_such_package\nassert x == 2")),
        "No module named 'no_such_package'",
    ),
    "a test that the stub passes": (
        (answer("a", "x = 2", "x = None"), check("q", "pass", points=3)),
        "q: the stub gets 3 of 3",
    ),
    "a test that only the kernel can run": (
        (answer("a", "x = 2"), check("q", "import sys\nassert sys.modules['__main__'].x == 2")),
        "q: the solution gets 0 of 1",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_run_stops_with_the_reason(tmp_path: Path, case: str) -> None:
    cells, reason = WRONG[case]
    root = make_course(tmp_path, *cells)
    hand_in(root, "ada", "x = 2")
    shown = grade(root, code=2)
    assert reason in shown and "--anyway" in shown and "autograder adopt" in shown
    assert not (root / "results" / "ps1" / "ada.json").exists(), "nothing was graded"


def test_anyway_says_so_in_every_row_until_the_lab_is_corrected(tmp_path: Path) -> None:
    wrong = WRONG["a wrong solution"][0]
    root = make_course(tmp_path, *wrong)
    for student in ("ada", "bob"):
        hand_in(root, student, "x = 2")
    grade(root, "--anyway", "--json", "out.jsonl")
    for row in rows(root):
        assert row["score"] == 1 and row["note_kinds"] == ["unproven"]
        assert "q: the solution gets 0 of 1 (x is not 2)" in row["repairs"][0]
    assert "2 unchanged" in grade(root, "--anyway")
    make_course(root, *RIGHT)
    assert "unchanged" not in grade(root, "--json", "out.jsonl")
    assert [row["repairs"] for row in rows(root)] == [[], []]


def test_the_check_is_made_once_and_does_not_count_what_a_person_marks(tmp_path: Path) -> None:
    essay = mark(
        code("### BEGIN SOLUTION\ny = 1\n### END SOLUTION"), "e", grade=True, solution=True
    )
    essay.metadata.nbgrader["points"] = 5
    root = make_course(tmp_path, *RIGHT, essay, task("t", "Draw.", 4), check("zero", "1 / 0", 0))
    hand_in(root, "ada", "x = 2", "y = 3")
    assert "checking the tests of ps1" in grade(root)
    hand_in(root, "bob", "x = 2", "y = 3")
    assert "checking the tests" not in grade(root, "--json", "out.jsonl")
    assert [(row["score"], row["max_score"]) for row in rows(root)] == [(1, 10), (1, 10)]


def test_a_notebook_without_answers_is_said_once_and_graded(tmp_path: Path) -> None:
    stub = "# YOUR CODE HERE\nraise NotImplementedError()"
    released = (mark(code(stub), "a", solution=True), check("q", "assert x == 2"))
    root = make_course(tmp_path, *released)
    hand_in(root, "ada", "x = 2")
    assert "ps1.ipynb holds no answers" in grade(root)
    hand_in(root, "bob", "x = 2")
    shown = grade(root, "--json", "out.jsonl")
    assert "holds no answers" not in shown
    assert [row["score"] for row in rows(root)] == [1, 1]


@pytest.mark.parametrize("variable", ["PYTHONOPTIMIZE", "COURSE_PROFILE", "TF_USE_LEGACY_KERAS"])
def test_a_machine_setting_is_part_of_what_was_checked(
    monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    before = compute_environment_digest("auto")
    monkeypatch.setenv(variable, "1")
    assert compute_environment_digest("auto") != before


def test_the_settings_of_keras_are_part_of_what_was_checked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    before = compute_environment_digest("auto")
    (tmp_path / "keras.json").write_text('{"image_data_format": "channels_first"}')
    assert compute_environment_digest("auto") != before
    assert compute_environment_digest("none") != compute_environment_digest("auto")
