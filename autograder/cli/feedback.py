"""`autograder feedback`."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import typer

from autograder.cli.console import CourseDir, LabName, err, open_course, out


class Target(str, Enum):
    """The values of `--to`."""

    canvas = "canvas"
    moodle = "moodle"
    folder = "folder"


def feedback(
    lab: LabName,
    to: Annotated[
        Target | None, typer.Option(help="Pack the pages as that LMS takes them back.")
    ] = None,
    course_dir: CourseDir = None,
) -> None:
    """Write a page for every student: marks, what went wrong in words, their own notebook.

    Reads results/ and what people marked in gradebook.db; writes
    feedback/STUDENT/LAB/LAB.html, as nbgrader does. Hidden tests are not shown. With --to, they
    are packed into one zip file in exports/; exit code 1: somebody's page is not in it.

    Examples: [bold]autograder feedback 01[/] ·
    [bold]autograder feedback 01 --to canvas[/] ·
    [bold]autograder feedback 01_mlp_mnist --course-dir ~/course[/]
    """
    from rich.progress import track

    from autograder.feedback import feedback_pages
    from autograder.feedback.pack import pack

    course = open_course(course_dir)
    chosen = course.lab(lab)
    pages = feedback_pages(course, chosen)
    written = list(track(pages, "feedback", console=err, disable=not err.is_terminal))
    out.print(f"{len(written)} pages of {chosen.name} in {course.feedback_dir}")
    if to is None:
        return
    packed, left = pack(course, chosen, written, to.value)
    out.print(f"packed for {to.value}: {packed}", markup=False)
    if left:
        err.print(
            f"not in it, as their work was not collected from {to.value}: {', '.join(left)}",
            markup=False,
        )
        raise typer.Exit(1)
