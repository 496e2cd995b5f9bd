"""Before a class, the solution and the stub show whether the tests work on this machine."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from nbformat import NotebookNode

from autograder.course.course import Course
from autograder.engine.wire.note import Note, NoteKind
from autograder.grading.environment import compute_environment_digest
from autograder.grading.local_workers import LocalWorkers
from autograder.grading.marking import Marking
from autograder.grading.reference_check import ReferenceCheck, ReferenceReport
from tests.autograder.nbgrader_notebooks import (
    answer,
    check,
    code,
    grade_all,
    hand_in,
    make_course,
    mark,
    run_module,
    task,
    write_notebook,
)

pytestmark = pytest.mark.slow

RIGHT = (answer("a", "x = 2", "x = None"), check("q", "assert x == 2"))


def examine(root: Path, workers: LocalWorkers) -> ReferenceReport:
    """The report of a course's first assignment."""
    course = Course(root)
    lab = course.lab("ps1")
    proof = ReferenceCheck(course, lab, Marking.of(course, lab, 1), "this machine")
    report = proof.run(workers)
    assert proof.read() == report, "it is kept"
    return report


def describe(report: ReferenceReport) -> list[str]:
    return [str(finding) for finding in report.findings]


WRONG: dict[str, tuple[tuple[NotebookNode, ...], str]] = {
    "a wrong solution": (
        (answer("a", "x = 3", "x = None"), check("q", "assert x == 2, 'x is not 2'")),
        "q: the solution gets 0 of 1 (x is not 2)",
    ),
    "a package that is missing": (
        (answer("a", "x = 2"), check("q", "import no_such_package\nassert x == 2")),
        "(ModuleNotFoundError: No module named 'no_such_package')",
    ),
    "partial credit": (
        (answer("a", "x = 2"), check("q", "x / 4", points=2)),
        "q: the solution gets 0.5 of 2",
    ),
    "a test that the stub passes": (
        (answer("a", "x = 2", "x = None"), check("q", "pass", points=3)),
        "q: the stub gets 3 of 3",
    ),
    "a test that only the kernel can run": (
        (answer("a", "def f(): pass"), check("q", "assert f.__code__.co_argcount == 0")),
        "q: the solution gets 0 of 1",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_found(tmp_path: Path, workers: LocalWorkers, case: str) -> None:
    cells, reason = WRONG[case]
    (found,) = describe(examine(make_course(tmp_path, *cells), workers))
    assert reason in found


def test_what_a_person_marks_and_cells_without_points_do_not_count(
    tmp_path: Path, workers: LocalWorkers
) -> None:
    essay = answer("e", "y = 1")
    essay.metadata.nbgrader.update(grade=True, points=5)
    cells = (*RIGHT, essay, task("t", "Draw.", 4), check("zero", "1 / 0", 0))
    assert examine(make_course(tmp_path, *cells), workers) == ReferenceReport()


def test_a_notebook_without_answers_is_named(tmp_path: Path, workers: LocalWorkers) -> None:
    stub = "# YOUR CODE HERE\nraise NotImplementedError()"
    released = (mark(code(stub), "a", solution=True), check("q", "assert x == 2"))
    root = make_course(tmp_path, *released)
    second = (answer("b", "y = 3"), check("p", "assert y == 2"))
    write_notebook(root / "source" / "ps1" / "other.ipynb", *second)
    report = examine(root, workers)
    assert report.unsolved == ("ps1",)
    assert [finding.grade_id for finding in report.findings] == ["p"]


def test_a_changed_lab_or_machine_is_checked_again(tmp_path: Path, workers: LocalWorkers) -> None:
    root = make_course(tmp_path, *RIGHT)
    examine(root, workers)
    course = Course(root)
    lab = course.lab("ps1")
    other = ReferenceCheck(course, lab, Marking.of(course, lab, 1), "another machine")
    assert other.read() is None
    make_course(root, *RIGHT, check("r", "assert x"))
    changed = ReferenceCheck(course, lab, Marking.of(course, lab, 1), "this machine")
    assert changed.read() is None


def test_a_run_stops_until_anyway_says_so_in_every_row(tmp_path: Path) -> None:
    """The command itself."""
    root = make_course(tmp_path, *WRONG["a wrong solution"][0])
    hand_in(root, "ada", "x = 2")
    command = ("autograder", "grade", "ps1", "--json", "out.jsonl")
    stopped = run_module(root, *command, code=2).stderr
    assert "q: the solution gets 0 of 1 (x is not 2)" in stopped
    assert "--anyway" in stopped and "autograder adopt" in stopped
    assert not (root / "results" / "ps1" / "ada.json").exists(), "nothing was graded"
    shown = run_module(root, *command, "--anyway").stderr
    assert "checking the tests" not in shown, "once a lab"
    row = json.loads((root / "out.jsonl").read_text())
    assert row["score"] == 1 and row["note_kinds"] == ["unproven"]
    assert "q: the solution gets 0 of 1 (x is not 2)" in row["repairs"][0]


def test_a_note_is_in_every_row_and_a_new_note_grades_again(
    tmp_path: Path, workers: LocalWorkers
) -> None:
    root = make_course(tmp_path, *RIGHT)
    hand_in(root, "ada", "x = 2")
    note = Note(NoteKind.UNPROVEN, "in doubt")
    assert [v.repairs for v in grade_all(workers, root, note=note).values()] == [("in doubt",)]
    assert [v.repairs for v in grade_all(workers, root).values()] == [()]


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
