"""`autograder init`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from autograder.cli.console import CourseDir, chosen_course, out


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder.")],
    course_dir: CourseDir = None,
) -> None:
    """Make a new course folder from this one: its labs, without any student's work.

    Example: [bold]autograder init ~/deep-learning-2027[/]
    """
    from autograder.authoring.new_course import new_course

    made = new_course(chosen_course(course_dir), folder)
    out.print(f"A course of {len(made.labs())} labs is in {made.root}")
    out.print("Next: put submissions into submitted/STUDENT/LAB/, then: autograder grade LAB")
