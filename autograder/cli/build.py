"""`autograder build`."""

from __future__ import annotations

from typing import Annotated

import typer

from autograder.cli.console import CourseDir, chosen_course, err, out


def build(
    labs: Annotated[
        list[str] | None, typer.Argument(metavar="[LAB]...", help="Default: all.")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; fail when a notebook differs.")
    ] = False,
    course_dir: CourseDir = None,
) -> None:
    """Make every lab's notebooks from its source.

    solutions/NN_name/NN_name.py is the one form that people edit; the instructor's notebook
    beside it and the student's in labs/ are made of it.

    Examples: [bold]autograder build[/] · [bold]autograder build 01 --check[/]
    """
    from autograder.authoring import build as notebooks

    course = chosen_course(course_dir)
    chosen = [course.lab(name) for name in labs] if labs else course.labs()
    stale = [
        path
        for lab in chosen
        for path in (notebooks.stale_notebooks if check else notebooks.build)(course, lab)
    ]
    for path in stale:
        out.print(f"{'differs' if check else 'wrote'}  {path.relative_to(course.root)}")
    if check and stale:
        err.print(
            "[bold red]error:[/] these notebooks are not what their source makes. If one was "
            "edited by hand, take the change over into its source.\n[dim]→[/] autograder build"
        )
        raise typer.Exit(1)
    if not stale:
        out.print(f"{len(chosen)} lab{'s' * (len(chosen) != 1)} up to date")
