"""`autograder init`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from autograder.cli.console import CourseDir, out
from autograder.course.course import Course


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder.")],
    course_dir: CourseDir = None,
) -> None:
    """Make a new course folder with the labs and settings of this one, without students' work.

    Without a course to copy, makes one of a single lab, for you to change.

    Example: [bold]autograder init ~/deep-learning-2027[/]
    """
    from autograder.authoring.create_course import create_course
    from autograder.authoring.starter_course import create_starter_course

    model = Course(Path(course_dir)) if course_dir else Course.look_for(Path.cwd())
    course = create_course(model, folder) if model else create_starter_course(folder)
    labs = len(course.labs())
    out.print(f"A course of {labs} lab{'s' * (labs != 1)} is in {course.root}")
    out.print("Next: put submissions into submitted/STUDENT/LAB/, then: autograder grade LAB")
