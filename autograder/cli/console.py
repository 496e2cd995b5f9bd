"""Where the command line writes: results to stdout, progress and problems to stderr."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from autograder.course.course import Course
from autograder.errors import AutograderError

if TYPE_CHECKING:
    from autograder.course.roster import Roster

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

CourseDir = Annotated[
    str | None,
    typer.Option(
        "--course-dir",
        metavar="DIR",
        help="The course's folder; default: the one around the current folder.",
    ),
]
LabName = Annotated[
    str, typer.Argument(metavar="LAB", help="The lab's name, or how it begins: 01.")
]

RosterFile = Annotated[
    Path | None,
    typer.Option(
        "--roster",
        metavar="FILE.csv",
        help="The class: columns id and name, or an LMS' export; default: the course's roster.csv.",
    ),
]


def chosen_course(course_dir: str | None) -> Course:
    """The course that `--course-dir` names, or else the one around the current folder."""
    return Course(Path(course_dir)) if course_dir else Course.find()


def chosen_roster(course: Course, path: Path | None) -> Roster | None:
    """The class that `--roster` names, or else the course's own list; None without one."""
    from autograder.lms.read_roster import read_roster

    own = course.root / "roster.csv"
    if path is None and not own.is_file():
        return None
    return read_roster(path or own)


def problem(error: AutograderError) -> None:
    """Say what is wrong and what to do next."""
    err.print(f"[bold red]error:[/] {_plain(str(error))}")
    if error.hint:
        err.print(f"[dim]→[/] {_plain(error.hint)}")


def _plain(text: str) -> str:
    from rich.markup import escape

    return escape(text)
