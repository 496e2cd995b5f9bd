"""`autograder build`."""

from __future__ import annotations

from typing import Annotated

import typer

from autograder.cli.console import CourseDir, err, open_course, out


def build(
    labs: Annotated[
        list[str] | None, typer.Argument(metavar="[LAB]...", help="Default: all.")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; fail if a notebook differs.")
    ] = False,
    course_dir: CourseDir = None,
) -> None:
    """Make every lab's notebooks from its source.

    solutions/NN_name/NN_name.py is the only file that people edit. The instructor's notebook
    beside it and the student's notebook in labs/ are made from it.

    Examples: [bold]autograder build[/] · [bold]autograder build 01 --check[/]
    """
    from autograder.authoring import build as authoring

    course = open_course(course_dir)
    chosen = [course.lab(name) for name in labs] if labs else course.labs()
    find = authoring.find_stale_files if check else authoring.build
    stale = [path for lab in chosen for path in find(course, lab)]
    for path in stale:
        out.print(f"{'differs' if check else 'wrote'}  {path.relative_to(course.root)}")
    if check and stale:
        err.print(
            "[bold red]error:[/] these notebooks differ from their source. If you edited a "
            "notebook, make the same change in its source.\n[dim]→[/] autograder build"
        )
        raise typer.Exit(1)
    if not stale:
        out.print(f"{len(chosen)} lab{'s' * (len(chosen) != 1)} up to date")
