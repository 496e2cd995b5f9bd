"""`autograder init`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from autograder.cli.console import CourseDir, open_course, out


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder.")],
    course_dir: CourseDir = None,
) -> None:
    """Make a new course folder with the labs and settings of this one, without students' work.

    Example: [bold]autograder init ~/deep-learning-2027[/]
    """
    from autograder.authoring.create_course import create_course

    course = create_course(open_course(course_dir), folder)
    out.print(f"A course of {len(course.labs())} labs is in {course.root}")
    out.print("Next: put submissions into submitted/STUDENT/LAB/, then: autograder grade LAB")
