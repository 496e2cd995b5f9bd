"""`autograder export`."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
    read_roster_file,
)
from autograder.lms.registry import LMSS

if TYPE_CHECKING:
    from autograder.export.fill_gradebook import LeftOut


class Format(str, Enum):
    """The values of `--format`: the names in `LMSS`, and a plain table."""

    _ignore_ = ["name"]
    for name in (*LMSS, "csv"):
        vars()[name] = name


_PLAIN_TABLE = Format("csv")
FormatOption = Annotated[Format, typer.Option("--format", help="The LMS that reads the marks.")]
FillOption = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE.csv",
        help="The LMS' gradebook or grading worksheet, as downloaded.",
    ),
]
ColumnOption = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="The file's column of this lab; default: by its title."),
]
ScaleOption = Annotated[bool, typer.Option("--scale", help="Scale the points to the LMS' maximum.")]


def export(
    lab: LabName,
    format: FormatOption = _PLAIN_TABLE,
    fill: FillOption = None,
    column: ColumnOption = None,
    scale: ScaleOption = False,
    roster: RosterFile = None,
    course_dir: CourseDir = None,
) -> None:
    """Write the marks of a lab as an LMS reads them, into exports/.

    An LMS reads the file that it exported: download it, name it with --fill, and upload the file
    that is written. Only final marks go in. Students without one are listed with the reason, and
    keep what the LMS had. Exit code 1: one of them needs a person.

    Examples: [bold]autograder export 01 --format canvas --fill gradebook.csv[/] ·
    [bold]autograder export 01 --format moodle --fill worksheet.csv --scale[/] ·
    [bold]autograder export 01[/]
    """
    from autograder.export import ExportOptions, export_scores
    from autograder.marks.lateness import find_unknown_students

    options = ExportOptions(LMSS.get(format.value), fill, column, scale)
    options.check()
    course = open_course(course_dir)
    chosen = course.lab(lab)
    people = read_roster_file(course, roster)
    path, filled = export_scores(course, chosen, people, options)
    for name in find_unknown_students(course, people):
        warning = f"course.toml: [extensions] names {name!r}, but no student has that id"
        err.print(f"[yellow]![/] {escape(warning)}")
    if filled.left_out:
        out.print(_table(filled.left_out, f"{chosen.name}: no mark for"))
    number = len(filled.marks)
    out.print(f"{number} mark{'s' * (number != 1)} in {path}; {len(filled.left_out)} without")
    if any(one.needs_action for one in filled.left_out):
        raise typer.Exit(1)


def _table(left_out: list[LeftOut], title: str) -> Table:
    table = Table(title=title, title_justify="left")
    table.add_column("student", overflow="fold")
    table.add_column("why", overflow="fold")
    for one in left_out:
        table.add_row(escape(one.student), escape(one.reason))
    return table
