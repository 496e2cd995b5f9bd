"""`autograder collect`."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from autograder.cli.console import (
    CourseDir,
    LabName,
    RosterFile,
    open_course,
    out,
    read_roster_file,
)
from autograder.course.read_times import DateOrder
from autograder.lms.registry import LmsName

if TYPE_CHECKING:
    from autograder.course.collected import CollectedRow

_COLOURS = {"taken": "green", "unclear": "red", "nothing": "yellow"}
Download = Annotated[
    Path, typer.Argument(metavar="PATH", help="The downloaded zip file, or a folder.")
]
Source = Annotated[LmsName, typer.Option("--from", help="The LMS that made the download.")]
Dates = Annotated[
    DateOrder | None,
    typer.Option(help="How the class list writes 04/02/2027; default: what its other times say."),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be taken; write nothing.")]


def collect(
    lab: LabName,
    download: Download,
    source: Source,
    roster: RosterFile = None,
    dates: Dates = None,
    dry_run: DryRun = False,
    course_dir: CourseDir = None,
) -> None:
    """Take an LMS' download over into submitted/STUDENT/LAB/.

    Says for every file and every student what became of it. The last of several attempts counts;
    the others, and whatever was there before, are kept in collected/. Nothing is overwritten, and
    collecting again changes nothing. Exit code 1: something was unclear and left in the download.

    Examples: [bold]autograder collect 01 submissions.zip --from canvas --dry-run[/] ·
    [bold]autograder collect 01 submissions.zip --from moodle --roster worksheet.csv[/]
    """
    from autograder.collect import collect as collect_download
    from autograder.course.collected import record_path

    course = open_course(course_dir)
    chosen = course.lab(lab)
    people = read_roster_file(course, roster, dates)
    rows = collect_download(course, chosen, download, source.value, people, dry_run=dry_run)
    out.print(_table(rows, f"{chosen.name}, from {source.value}", dry_run))
    counts = _print_counts(rows, dry_run)
    if dry_run:
        out.print("Nothing was written: this was a dry run.")
    else:
        out.print(f"record  {record_path(course, chosen)}")
    if counts["unclear"]:
        raise typer.Exit(1)


def _table(rows: list[CollectedRow], title: str, dry_run: bool) -> Table:
    table = Table(title=title, title_justify="left")
    for heading in ("student", "", "remark", "file"):
        table.add_column(heading, overflow="fold")
    for row in sorted(rows, key=lambda row: (row.student, row.file)):
        colour = _COLOURS.get(row.state, "dim")
        remark = "; ".join(filter(None, (row.late, row.remark)))
        would = "would be " if dry_run and row.state == "taken" else ""
        state = f"[{colour}]{would}{row.state}[/]"
        table.add_row(escape(row.student or "?"), state, escape(remark), escape(row.file))
    return table


def _print_counts(rows: list[CollectedRow], dry_run: bool) -> Counter[str]:
    from autograder.course.collected import DRY_STATES, STATES

    counts = Counter(row.state for row in rows)
    for state, meaning in (DRY_STATES if dry_run else STATES).items():
        if counts[state]:
            out.print(f"{counts[state]:4} {state}: {meaning}")
    return counts
