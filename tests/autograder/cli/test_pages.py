"""`autograder feedback` and `autograder report`, as typed."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from autograder.cli.app import app
from autograder.course.course import Course
from autograder.errors import AutograderError
from tests.autograder.graded_class import lay_down
from tests.autograder.tiny_course import LAB, solved


@pytest.mark.parametrize(
    ("command", "written"),
    [("feedback", f"feedback/Zoë/{LAB}/{LAB}.html"), ("report", f"reports/{LAB}.html")],
)
def test_writes_and_says_where(course: Course, command: str, written: str) -> None:
    lay_down(course, "Zoë", solved(course))
    done = CliRunner().invoke(app, [command, "01", "--course-dir", str(course.root)])
    assert done.exit_code == 0, done.output
    assert (course.root / written).is_file()
    assert str(Path(written).parts[0]) in done.output


@pytest.mark.parametrize("command", ["feedback", "report"])
def test_nothing_graded_yet(course: Course, command: str) -> None:
    done = CliRunner().invoke(app, [command, "01", "--course-dir", str(course.root)])
    assert isinstance(done.exception, AutograderError)
    assert done.exception.hint == f"run: autograder grade {LAB}"


@pytest.mark.parametrize("command", ["feedback", "report"])
def test_help_has_an_example(command: str) -> None:
    assert f"autograder {command} 01" in CliRunner().invoke(app, [command, "--help"]).output
