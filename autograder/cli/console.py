"""The consoles and shared options of all commands: results on stdout, progress on stderr."""

from __future__ import annotations

import codecs
import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.text import Text

from autograder.course.course import Course
from autograder.errors import AutograderError
from autograder.files import make_printable

if TYPE_CHECKING:
    from autograder.course.read_times import DateOrder
    from autograder.course.roster import Roster


# What a console that is not Unicode shows of what commands print.
_PLAIN = {
    "✓": "+",
    "✗": "x",
    "→": "->",
    "…": "...",
    "–": "-",
    "−": "-",
    "·": "-",
    "×": "x",
    "≥": ">=",
    "≤": "<=",
    "±": "+-",
    "’": "'",
    "“": '"',
    "”": '"',
}


def _replace_letters(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    letters = error.object[error.start : error.end]
    return "".join(_PLAIN.get(letter, "?") for letter in letters), error.end


def print_anywhere() -> None:
    """Let stdout and stderr print any text, whatever the console's encoding is."""
    codecs.register_error("autograder-plain", _replace_letters)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="autograder-plain")


class _InertConsole(Console):
    """A console on which a student's name or message moves no cursor and hides nothing."""

    def render_str(self, text: str, **options: Any) -> Text:
        return super().render_str(make_printable(text, keep="\n\t"), **options)


out = _InertConsole(highlight=False, soft_wrap=True)
err = _InertConsole(stderr=True, highlight=False, soft_wrap=True)

CourseDir = Annotated[
    str | None,
    typer.Option(
        "--course-dir",
        metavar="DIR",
        help="The course folder; default: the one around the current folder.",
    ),
]
LabName = Annotated[
    str, typer.Argument(metavar="LAB", help="The lab's name, or its beginning: 01.")
]

RosterFile = Annotated[
    Path | None,
    typer.Option(
        "--roster",
        metavar="FILE.csv",
        help="The class: columns id and name, or an LMS export; default: the course's roster.csv, "
        "or else the students of gradebook.db.",
    ),
]


def open_course(course_dir: str | None) -> Course:
    """Return the course in `--course-dir`, or else the one around the current folder."""
    return Course(Path(course_dir)) if course_dir else Course.find()


def read_roster_file(
    course: Course, path: Path | None, order: DateOrder | None = None
) -> Roster | None:
    """Return the class in `--roster`, or else the course's own or its gradebook's; or None.

    Args:
        course: The course.
        path: The file that `--roster` names.
        order: The order of day and month in its times, where a person says so.
    """
    from autograder.lms.read_class import read_class

    return read_class(course, path, order)


def print_error(error: AutograderError) -> None:
    """Print what is wrong and what to do next."""
    err.print(f"[bold red]error:[/] {escape(str(error))}")
    if error.hint:
        err.print(f"[dim]→[/] {escape(error.hint)}")
