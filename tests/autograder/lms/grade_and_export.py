"""From collected submissions to the files that an LMS reads, as people type it."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

from typer.testing import CliRunner

from autograder.cli.app import app
from autograder.course.course import Course
from autograder.errors import AutograderError
from tests.autograder.graded_class import lay_down, mark_by_hand
from tests.autograder.tiny_course import LAB, solved


def grade(course: Course, scores: Mapping[str, float]) -> None:
    """Record a graded submission for each student: 6 points, and those of the written answer."""
    for student, score in scores.items():
        lay_down(course, student, solved(course))
        mark_by_hand(course, student, "curves", score)


def run(course: Course, *command: str) -> tuple[str, int]:
    """The output and the exit code of a command."""
    done = CliRunner().invoke(
        app, [*command, "--course-dir", str(course.root)], env={"COLUMNS": "200"}
    )
    if isinstance(done.exception, AutograderError):
        raise done.exception
    return done.output, done.exit_code


def export(course: Course, lms: str, file: Path, *options: str) -> tuple[str, int]:
    """Fill an LMS' gradebook file with the marks of the lab."""
    return run(course, "export", "01", "--format", lms, "--fill", str(file), *options)


def feedback_names(course: Course, lms: str) -> list[str]:
    """The names in the zip file of feedback pages."""
    run(course, "feedback", "01", "--to", lms)
    with zipfile.ZipFile(course.exports_dir / f"{LAB}-feedback-{lms}.zip") as archive:
        return archive.namelist()
