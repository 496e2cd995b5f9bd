"""`autograder collect`."""

from __future__ import annotations

from collections import Counter
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from autograder.cli.console import CourseDir, LabName, RosterFile, open_course, out, read_roster


class Source(str, Enum):
    """The values of `--from`."""

    canvas = "canvas"
    moodle = "moodle"
    gradescope = "gradescope"
    folder = "folder"


_COLOURS = {"taken": "green", "unclear": "red", "nothing": "yellow"}


def collect(
    lab: LabName,
    download: Annotated[
        Path, typer.Argument(metavar="PATH", help="The downloaded zip file, or a folder.")
    ],
    source: Annotated[Source, typer.Option("--from", help="Who made the download.")],
    roster: RosterFile = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be taken; write nothing.")
    ] = False,
    course_dir: CourseDir = None,
) -> None:
    """Take an LMS' download over into submitted/STUDENT/LAB/.

    Says for every file and every student what became of it. The last of several tries counts;
    the others, and whatever was there before, are kept in collected/. Nothing is overwritten, and
    collecting again changes nothing. Exit code 1: something was unclear and left in the download.

    Examples: [bold]autograder collect 01 submissions.zip --from canvas --dry-run[/] ·
    [bold]autograder collect 01 submissions.zip --from moodle --roster worksheet.csv[/]
    """
    from autograder.collect import collect as collecting
    from autograder.course.collected import STATES, record_path

    course = open_course(course_dir)
    chosen = course.lab(lab)
    rows = collecting(
        course, chosen, download, source.value, read_roster(course, roster), dry_run=dry_run
    )
    table = Table(title=f"{chosen.name}, from {source.value}", title_justify="left")
    for heading in ("student", "", "remark", "file"):
        table.add_column(heading, overflow="fold")
    for row in sorted(rows, key=lambda row: (row.student, row.file)):
        colour = _COLOURS.get(row.state, "dim")
        remark = "; ".join(filter(None, (row.late, row.remark)))
        state = f"[{colour}]{row.state}[/]"
        table.add_row(escape(row.student or "?"), state, escape(remark), escape(row.file))
    out.print(table)
    counts = Counter(row.state for row in rows)
    for state, words in STATES.items():
        if counts[state]:
            out.print(f"{counts[state]:4} {state}: {words}")
    if dry_run:
        out.print("Nothing was written: this was a dry run.")
    else:
        out.print(f"record  {record_path(course, chosen)}")
    if counts["unclear"]:
        raise typer.Exit(1)
