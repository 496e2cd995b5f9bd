"""`autograder doctor`."""

from __future__ import annotations

from pathlib import Path

import typer
from rich.markup import escape

from autograder.cli.console import CourseDir, out

_MARKS = {"good": "[green]✓[/]", "weak": "[yellow]![/]", "bad": "[red]✗[/]"}


def doctor(course_dir: CourseDir = None) -> None:
    """Say what is installed, what isolation is to be had, and what to do about it.

    Exit code 1: grading can't work here.

    Example: [bold]autograder doctor[/]
    """
    from autograder.doctor import examine

    bad = False
    for check in examine(Path(course_dir) if course_dir else None):
        bad = bad or check.state == "bad"
        out.print(f"{_MARKS[check.state]} {check.subject}: {escape(check.seen)}")
        if check.advice:
            out.print(f"  [dim]→[/] {escape(check.advice)}")
    if bad:
        raise typer.Exit(1)
