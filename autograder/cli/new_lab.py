"""`autograder new-lab`."""

from __future__ import annotations

from typing import Annotated

import typer

from autograder.cli.console import CourseDir, open_course, out


def new_lab(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME", help="For example 09_attention; without a number, the next one is used."
        ),
    ],
    course_dir: CourseDir = None,
) -> None:
    """Add a lab to the course: a skeleton that passes lint, for you to change.

    The skeleton has two questions with visible and hidden tests, wrong answers, and comments
    (CHANGE) that say what to replace. Its settings are added at the end of course.toml.

    Example: [bold]autograder new-lab 09_attention[/]
    """

    from autograder.authoring.create_lab import create_lab

    course = open_course(course_dir)
    lab = create_lab(course, name)
    source = (course.source_dir / lab.name).relative_to(course.root)
    out.print(f"source         {source}/{lab.name}.py", markup=False)
    out.print(f"right answers  {source}/right_answers.toml", markup=False)
    out.print(f"wrong answers  {source}/wrong_answers.toml", markup=False)
    out.print(f"points         course.toml, [labs.{lab.name}.points]", markup=False)
    out.print(
        f"Next: follow the comments marked CHANGE, then: autograder build && "
        f"autograder lint {lab.name}"
    )
