"""autograder grades nbgrader's example course, and nbgrader continues from the gradebook."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest


def run(folder: Path, *command: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=folder, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow
def test_a_course_of_nbgrader(tmp_path: Path) -> None:
    run(tmp_path, "nbgrader", "quickstart", "example")
    course = tmp_path / "example"
    shutil.copytree(course / "source" / "ps1", course / "submitted" / "perfect" / "ps1")
    half = course / "submitted" / "half" / "ps1"
    half.mkdir(parents=True)
    shutil.copy(course / "source" / "ps1" / "problem1.ipynb", half)

    run(course, "autograder", "grade", "ps1", "--course-dir", ".", "--json", "out.jsonl")
    verdicts = [json.loads(line) for line in (course / "out.jsonl").read_text().splitlines()]
    assert {v["student"]: (v["score"], v["max_score"]) for v in verdicts} == {
        "perfect": (2.5, 9.0),
        "half": (2.5, 9.0),
    }, "one test deletes a name of the student's: it can run only in the student's kernel"
    (course / "course.toml").write_text('[labs.ps1]\ntrust = ["sum_of_squares_uses_squares"]\n')
    run(course, "autograder", "grade", "ps1", "--course-dir", ".", "--json", "out.jsonl")
    verdicts = [json.loads(line) for line in (course / "out.jsonl").read_text().splitlines()]
    assert {v["student"]: v["score"] for v in verdicts} == {"perfect": 3.0, "half": 3.0}
    assert all("was judged in the student's kernel" in str(v["repairs"]) for v in verdicts)
    waiting = {q["grade_id"] for q in verdicts[1]["questions"] if q["status"] == "manual"}
    assert {"part-a", "part-b", "sum_of_squares_equation"} <= waiting

    run(course, "nbgrader", "generate_feedback", "ps1")
    assert (course / "feedback" / "perfect" / "ps1" / "problem1.html").is_file()
    run(course, "nbgrader", "export")
    with (course / "grades.csv").open() as file:
        exported = {row["student_id"]: float(row["raw_score"]) for row in csv.DictReader(file)}
    assert exported == {"perfect": 3.0, "half": 3.0}
