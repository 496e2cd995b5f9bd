"""What a person meets first: help, and no surprises without an activated environment."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.cli.app import app
from autograder.course import Course

AUTOGRADER = Path(sys.executable).parent / "autograder"


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [AUTOGRADER, *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "COLUMNS": "100", **environment},
    )


@pytest.mark.parametrize("command", [command.name for command in app.registered_commands])
def test_every_command_has_help_with_an_example(command: str) -> None:
    told = run(command, "--help")
    assert told.returncode == 0
    assert f"autograder {command}" in told.stdout.split("Usage:", 1)[1].split("\n", 1)[1]


def test_nbgrader_finds_alembic_without_an_activated_environment(course: Course) -> None:
    bare = "/usr/bin:/bin"
    told = run("doctor", "--course-dir", str(course.root), PATH=bare)
    assert "✓ alembic" in told.stdout
    (course.root / "gradebook.db").unlink()
    told = run("grade", "01", "--course-dir", str(course.root), PATH=bare)
    assert "no submissions" in told.stderr


def test_a_new_course_has_the_labs_and_no_submissions(course: Course, tmp_path: Path) -> None:
    (course.submitted_dir / "ada" / "01_neuron").mkdir(parents=True)
    folder = tmp_path / "new"
    told = run("init", str(folder), "--course-dir", str(course.root))
    assert told.returncode == 0, told.stderr
    made = Course(folder)
    assert [lab.name for lab in made.labs()] == ["01_neuron"]
    assert not made.submitted_dir.exists()
    assert run("build", "--check", "--course-dir", str(folder)).returncode == 0
    again = run("init", str(folder), "--course-dir", str(course.root))
    assert again.returncode == 2
    assert "is there already" in again.stderr


def test_check_fails_when_a_notebook_was_edited_by_hand(course: Course) -> None:
    path = course.release_dir / "01_neuron" / "01_neuron.ipynb"
    path.write_text(path.read_text().replace("One neuron", "Two neurons"))
    told = run("build", "--check", "--course-dir", str(course.root))
    assert told.returncode == 1
    assert "differs  labs/01_neuron/01_neuron.ipynb" in told.stdout
    assert "edited by hand" in told.stderr


def test_lint_names_a_wrong_answer_that_gets_other_marks(course: Course) -> None:
    path = course.source_dir / "01_neuron" / "wrong_answers.toml"
    path.write_text(path.read_text().replace("marks = { neuron = 0 }", "marks = { neuron = 1 }"))
    told = run("lint", "01", "--course-dir", str(course.root))
    assert told.returncode == 1
    assert "✗ no_bias: neuron: 0 points, not 1" in told.stdout
    assert "✓ solution: 6 of 6 points" in told.stdout
    assert "✓ stub: 0 of 6 points" in told.stdout
    assert "✓ softmax_over_the_batch: 3 of 6 points" in told.stdout
