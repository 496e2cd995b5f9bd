"""Every submission gets a verdict or a warning, whatever is in `submitted/`."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from autograder.cli.grade import write_lines
from autograder.cli.grade_lab import find_warnings
from autograder.course.course import Course
from autograder.course.submissions import find_misplaced_submissions
from autograder.grading.marking import Marking
from autograder.grading.run import GradingRun
from autograder.results.verdict import Verdict
from tests.autograder.grading.prepared_run import Prepared
from tests.autograder.tiny_course import LAB, SOURCE, solved, submit


@pytest.fixture
def powerless(tmp_path: Path) -> None:
    (tmp_path / "mine").touch(mode=0)
    if os.access(tmp_path / "mine", os.R_OK):
        pytest.skip("root can read every file")


def grade(course: Course) -> dict[str, Verdict]:
    outcomes = GradingRun(course, course.lab(LAB)).run(Prepared(0))
    return {outcome.result.verdict.student: outcome.result.verdict for outcome in outcomes}


@pytest.mark.parametrize(
    ("name", "shown", "message"),
    [(b"caf\xe9", "caf?", "not valid UTF-8"), (b"x" * 250, "x" * 250, "name is too long")],
)
def test_an_invalid_folder_name_does_not_stop_the_others(
    course: Course, name: bytes, shown: str, message: str
) -> None:
    submit(course, os.fsdecode(name), solved(course))
    submit(course, "zoe", solved(course))
    for _ in range(2):
        found = grade(course)
        assert (found["zoe"].status, found[shown].status) == ("graded", "failed")
        assert message in found[shown].repairs[0]
        assert found[shown].max_score == 10.0
        found[shown].as_json().encode()


def test_work_outside_the_labs_folder_is_named(course: Course) -> None:
    submit(course, "ada", solved(course))
    for student, path in {
        "eve": f"{LAB}.ipynb",
        "fay": f"{LAB.upper()}/{LAB}.ipynb",
        "gus": LAB,
        "hal": "notes.txt",
        "ida": "02_layers/02_layers.ipynb",
    }.items():
        file = course.submitted_dir / student / path
        file.parent.mkdir(parents=True)
        file.touch()
    (course.source_dir / "02_layers").mkdir()
    warnings = list(find_misplaced_submissions(course, course.lab(LAB)))
    assert warnings == [
        f"submitted/eve/{LAB}.ipynb is not graded: move the notebook to submitted/eve/{LAB}/",
        f"submitted/fay/{LAB.upper()} is not graded: move the notebook to submitted/fay/{LAB}/",
        f"submitted/gus/{LAB} is not graded: move the notebook to submitted/gus/{LAB}/",
    ]


def test_tests_that_are_not_built_are_named(course: Course) -> None:
    lab = course.lab(LAB)
    assert list(find_warnings(course, lab)) == []
    source = course.source_dir / LAB / f"{LAB}.py"
    source.write_text(SOURCE.replace("should be 11", "is 11"))
    (warning,) = find_warnings(course, lab)
    assert f"differs from what {LAB}.py makes" in warning and f"autograder build {LAB}" in warning
    source.write_text(SOURCE + "### BEGIN SOLUTION")
    (warning,) = find_warnings(course, lab)
    assert "do not match" in warning
    source.unlink()
    assert list(find_warnings(course, lab)) == []


@pytest.mark.parametrize("hidden", ["data.csv", "data", f"{LAB}.ipynb", "."])
def test_an_unreadable_file_is_named(course: Course, hidden: str, powerless: None) -> None:
    submission = submit(course, "ada", solved(course))
    (submission.folder / "data").mkdir()
    (submission.folder / "data" / "x.txt").touch()
    (submission.folder / "data.csv").touch()
    (submission.folder / hidden).chmod(0)
    try:
        verdict = Marking.of(course, course.lab(LAB)).mark(None, submission, "f").verdict
        assert grade(course).keys() == {"ada"}, "it is recorded all the same"
    finally:
        (submission.folder / hidden).chmod(0o755)
    assert verdict.status == "failed"
    name = f"the folder {LAB}" if hidden == "." else hidden
    assert verdict.repairs == (f"{name} can't be read: check its permissions",)


def test_lines_go_through_a_link_and_into_a_pipe(tmp_path: Path) -> None:
    link, pipe = tmp_path / "link.jsonl", tmp_path / "pipe"
    link.symlink_to(tmp_path / "scores.jsonl")
    write_lines(link, "{}\n")
    assert link.is_symlink() and (tmp_path / "scores.jsonl").read_text() == "{}\n"
    os.mkfifo(pipe)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
    reader.start()
    write_lines(pipe, "{}\n")
    reader.join()
    assert read == ["{}\n"] and pipe.is_fifo()
