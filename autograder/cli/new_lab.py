"""`autograder new-lab`."""

from __future__ import annotations

from typing import Annotated

import typer

from autograder.cli.console import CourseDir, chosen_course, out


def new_lab(
    name: Annotated[
        str,
        typer.Argument(metavar="NAME", help="Such as 09_attention; the number may be left out."),
    ],
    course_dir: CourseDir = None,
) -> None:
    """Add a lab to the course: a skeleton that passes lint, to be changed.

    Two questions with visible and hidden tests, their wrong answers, and comments (CHANGE) on
    what to put in their place; its tables are at the end of course.toml.

    Example: [bold]autograder new-lab 09_attention[/]
    """
    from autograder.authoring.new_lab import new_lab as made

    course = chosen_course(course_dir)
    lab = made(course, name)
    source = (course.source_dir / lab.name).relative_to(course.root)
    out.print(f"source         {source}/{lab.name}.py", markup=False)
    out.print(f"wrong answers  {source}/wrong_answers.toml", markup=False)
    out.print(f"points         course.toml, [labs.{lab.name}.points]", markup=False)
    out.print(
        f"Next: change what is marked CHANGE, then: autograder build && autograder lint {lab.name}"
    )
