"""Every submission of a class is graded once, also when the run is killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell

from autograder.course.course import Course
from autograder.engine.host.watcher import list_descendants
from autograder.errors import AutograderError
from autograder.gradebook.gradebook import CourseGradebook
from autograder.grading.run import GradingRun
from autograder.results.results import Results
from tests.autograder.tiny_course import LAB, mistaken, solved, stub, submit


def grade(course: Course, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "autograder", "grade", LAB, "--course-dir", str(course.root)]
    return subprocess.run([*command, *options], capture_output=True, text=True, timeout=300)


def rows(course: Course) -> dict[str, dict[str, tuple[float | None, float]]]:
    """By student, the automatic scores in gradebook.db."""
    registry = CourseGradebook(course)
    lab = course.lab(LAB)
    return {s: registry.read_scores(lab, s, LAB) for s in sorted(registry.list_students(lab))}


@pytest.mark.slow
def test_a_class_is_graded_and_not_graded_again(course: Course, tmp_path: Path) -> None:
    # Long because each run starts from the one before.
    submit(course, "O'Brien, Zoë", solved(course))
    submit(course, "bias", mistaken(course, "no_bias"))
    submit(course, "stub", stub(course))
    submit(course, "broken", '{"nbformat": 4, "cells": [')
    submit(course, "empty", "")
    (course.submitted_dir / "nothing" / LAB).mkdir(parents=True)

    lines = tmp_path / "out.jsonl"
    first = grade(course, "--json", str(lines))
    assert first.returncode == 1, first.stderr
    verdicts = {v["student"]: v for v in map(json.loads, lines.read_text().splitlines())}
    assert {s: (v["status"], v["score"]) for s, v in verdicts.items()} == {
        "O'Brien, Zoë": ("graded", 6.0),
        "bias": ("graded", 4.0),
        "stub": ("graded", 0.0),
        "broken": ("failed", 0.0),
        "empty": ("failed", 0.0),
        "nothing": ("failed", 0.0),
    }
    bias = {q["grade_id"]: q for q in verdicts["bias"]["questions"]}
    assert bias["neuron"]["status"] == "failed"
    assert "forget to add the bias" in bias["neuron"]["message"]
    assert bias["curves"]["status"] == "manual"
    assert all(v["max_score"] == 10.0 for v in verdicts.values())
    assert "was not handed in" in verdicts["nothing"]["repairs"][0]

    scores = rows(course)
    assert scores["O'Brien, Zoë"] == {
        "neuron": (2.0, 2.0),
        "softmax": (3.0, 3.0),
        "predict": (1.0, 1.0),
        "curves": (None, 4.0),
    }
    assert set(scores) == set(verdicts), "every submission gets a row"
    assert (course.autograded_dir / "bias" / LAB / f"{LAB}.ipynb").is_file()

    second = grade(course)
    assert "3 graded (3 unchanged, not run again), 3 failed" in second.stdout
    assert rows(course) == scores

    (course.root / "gradebook.db").unlink()
    grade(course)
    assert rows(course) == scores, "a lost gradebook is written again from the results"


@pytest.mark.slow
def test_a_killed_run_is_finished_by_the_next(course: Course) -> None:
    for number in range(4):
        submit(course, f"student {number}", mistaken(course, "no_bias"))
    command = [sys.executable, "-m", "autograder", "grade", LAB, "--course-dir", str(course.root)]
    run = subprocess.Popen(command, start_new_session=True, stderr=subprocess.DEVNULL)
    results = Results(course.results_dir / LAB)
    deadline = time.monotonic() + 120
    while not results.read_all() and time.monotonic() < deadline:
        time.sleep(0.05)
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    assert 1 <= len(results.read_all()) < 4

    assert grade(course).returncode == 0
    assert {s: sum(score or 0 for score, _ in q.values()) for s, q in rows(course).items()} == {
        f"student {number}": 4.0 for number in range(4)
    }


@pytest.mark.slow
@pytest.mark.parametrize("asked_by", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_run_says_how_to_go_on(course: Course, asked_by: signal.Signals) -> None:
    sleepy = solved(course)
    sleepy.cells.insert(2, new_code_cell("import time\ntime.sleep(15)"))
    submit(course, "quick", '{"nbformat": 4, "cells": [')
    submit(course, "slow", sleepy)
    command = [sys.executable, "-m", "autograder", "grade", LAB, "--course-dir", str(course.root)]
    # A shell's background job ignores Ctrl-C, and so would what it starts.
    heed = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    run = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, preexec_fn=heed)
    assert run.stderr is not None
    while "not graded" not in run.stderr.readline():
        pass
    time.sleep(1)
    below = list_descendants(run.pid)[1:]
    run.send_signal(asked_by)
    _, told = run.communicate(timeout=60)
    assert run.returncode == 130
    assert "1 of 2 are graded" in told and "run the same command to continue" in told
    assert "run the same command to continue" in told
    assert "Traceback" not in told
    deadline = time.monotonic() + 20
    while any(Path(f"/proc/{pid}").exists() for pid in below) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not [pid for pid in below if Path(f"/proc/{pid}").exists()]


def test_two_runs_at_once_are_one_too_many(course: Course) -> None:
    results = Results(course.results_dir / LAB)
    with (
        results.lock(),
        pytest.raises(AutograderError, match="another run is grading"),
        results.lock(),
    ):
        pass


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["grade", "99"], 'no lab has the name "99"'),
        (["grade", LAB], "no submissions in"),
        (["grade", LAB, "--course-dir", "/nonexistent"], "there is no course folder"),
    ],
)
def test_errors_say_what_to_do(course: Course, arguments: list[str], says: str) -> None:
    if "--course-dir" not in arguments:
        arguments = [*arguments, "--course-dir", str(course.root)]
    command = [sys.executable, "-m", "autograder", *arguments]
    told = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert told.returncode == 2
    assert says in told.stderr
    assert "→" in told.stderr, "the next thing to do"
    assert "Traceback" not in told.stderr


def test_a_lab_in_another_language_is_refused(course: Course) -> None:
    submit(course, "ada", stub(course))
    path = course.source_dir / LAB / f"{LAB}.ipynb"
    path.write_text(path.read_text().replace('"language": "python"', '"language": "R"'))
    with pytest.raises(AutograderError, match="written in R"):
        GradingRun(course, course.lab(LAB))


def test_a_link_in_a_submission_is_not_followed(course: Course, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the solution")
    submission = submit(course, "sly", stub(course))
    (submission.folder / "data.txt").symlink_to(secret)
    (submission.folder / "notes.txt").write_text("mine")
    assert submission.read_companions() == {"notes.txt": b"mine"}


@pytest.mark.slow
def test_files_that_conflict_cost_no_points(course: Course) -> None:
    own = course.source_dir / LAB / "data"
    own.mkdir()
    (own / "t.csv").write_text("1")
    for student in ("file for a folder", "folder for a notebook", "zoe"):
        submit(course, student, solved(course))
    folder = course.submitted_dir / "file for a folder" / LAB
    (folder / "data").write_text("mine")
    folder = course.submitted_dir / "folder for a notebook" / LAB
    (folder / f"{LAB}.ipynb").rename(folder / "mine.ipynb")
    (folder / f"{LAB}.ipynb").mkdir()
    (folder / f"{LAB}.ipynb" / "x.txt").write_text("x")
    done = grade(course)
    assert done.returncode == 0, done.stderr
    full = {"neuron": (2.0, 2.0), "softmax": (3.0, 3.0), "predict": (1.0, 1.0)}
    for scores in rows(course).values():
        assert {name: scores[name] for name in full} == full
    assert len(rows(course)) == 3
