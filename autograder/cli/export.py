"""`autograder export`."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from autograder.cli.console import (
    CourseDir,
    LabName,
    RosterFile,
    err,
    open_course,
    out,
    read_roster,
)
from autograder.errors import AutograderError


class Format(str, Enum):
    """The values of `--format`."""

    canvas = "canvas"
    moodle = "moodle"
    csv = "csv"


def export(
    lab: LabName,
    format: Annotated[Format, typer.Option(help="Who takes the marks.")] = Format.csv,
    fill: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.csv",
            help="Canvas' gradebook or Moodle's grading worksheet, as downloaded.",
        ),
    ] = None,
    column: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="The file's column of this lab; default: by its title."),
    ] = None,
    scale: Annotated[
        bool, typer.Option("--scale", help="Scale the points to the LMS' maximum.")
    ] = False,
    roster: RosterFile = None,
    course_dir: CourseDir = None,
) -> None:
    """Write the marks of a lab as an LMS takes them back, into exports/.

    Canvas and Moodle take back the file that they gave: download it, name it by --fill, upload
    what is written. Only marks that are final go in; who has none is listed with the reason, and
    keeps what the LMS had. Exit code 1: somebody has to do something about one of these.

    Examples: [bold]autograder export 01 --format canvas --fill gradebook.csv[/] ·
    [bold]autograder export 01 --format moodle --fill worksheet.csv --scale[/] ·
    [bold]autograder export 01[/]
    """
    from autograder.course.collected import read_record
    from autograder.export.canvas import canvas_layout
    from autograder.export.lms_file import Filled, Left
    from autograder.export.lms_file import fill as filled_in
    from autograder.export.moodle import moodle_layout
    from autograder.export.standing import NOTHING, standings
    from autograder.export.table import table
    from autograder.export.whose_row import WhoseRow
    from autograder.files import write_atomically
    from autograder.marks.lateness import unknown_students

    if format is Format.csv:
        _refuse({"--fill": fill, "--column": column, "--scale": scale})
    course = open_course(course_dir)
    chosen = course.lab(lab)
    people = read_roster(course, roster)
    found = standings(course, chosen, people)
    for name in unknown_students(course, people):
        seen = f"course.toml names {name!r} in [extensions], and nobody is called so"
        err.print(f"[yellow]![/] {escape(seen)}")
    path = course.exports_dir / f"{chosen.name}-{format.value}.csv"
    if format is Format.csv:
        marks = {one.student: one.final.score for one in found if one.final and not one.missing}
        left = [
            Left(one.student, one.missing, one.missing != NOTHING) for one in found if one.missing
        ]
        done = Filled(table(found, people), marks, left)
        path = course.exports_dir / f"{chosen.name}.csv"
    elif fill is None:
        raise AutograderError(
            f"{format.value} takes back only the file that it gave",
            "download it and name it: --fill FILE.csv",
        )
    else:
        whose = WhoseRow((one.student for one in found), people, read_record(course, chosen))
        layouts = {
            Format.canvas: lambda rows: canvas_layout(rows, chosen, column),
            Format.moodle: lambda rows: moodle_layout(rows, column),
        }
        done = filled_in(fill, layouts[format], found, whose, scale)
    write_atomically(path, done.text)
    if done.left:
        listed = Table(title=f"{chosen.name}: no mark for", title_justify="left")
        listed.add_column("student", overflow="fold")
        listed.add_column("why", overflow="fold")
        for one in done.left:
            listed.add_row(escape(one.who), escape(one.why))
        out.print(listed)
    number = len(done.marks)
    out.print(f"{number} mark{'s' * (number != 1)} in {path}; {len(done.left)} without")
    if any(one.matters for one in done.left):
        raise typer.Exit(1)


def _refuse(options: dict[str, object]) -> None:
    for name, given in options.items():
        if given:
            raise AutograderError(
                f"{name} is for an LMS' file", "say whose: --format canvas, or --format moodle"
            )
