"""The demo runs from release to report, and every score is as expected."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from autograder.course.course import Course
from autograder.gradebook.gradebook import CourseGradebook

ROOT = Path(__file__).resolve().parents[3]


def demo(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "autograder", "demo", str(folder)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=1200)


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_a_whole_class(tmp_path: Path) -> None:
    done = demo(tmp_path / "class")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Every score is as expected." in done.stdout
    course = Course(tmp_path / "class")
    lab = course.lab("01")
    students = CourseGradebook(course).list_students(lab)
    assert len(students) >= 12
    assert "O'Brien, Zoë" in students
    assert (course.reports_dir / f"{lab.name}.html").is_file()
    for student in students:
        assert (course.feedback_dir / student / lab.name / f"{lab.name}.html").is_file()


def test_a_folder_that_no_demo_made_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("three years")
    done = demo(tmp_path)
    assert done.returncode == 2
    assert "was not made by a demo" in done.stderr
    assert (tmp_path / "thesis.txt").read_text() == "three years"
