"""`autograder lint`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from autograder.cli.console import CourseDir, chosen_course, out

if TYPE_CHECKING:
    from autograder.authoring.lint import Finding


def lint(
    labs: Annotated[
        list[str] | None, typer.Argument(metavar="[LAB]...", help="Default: all.")
    ] = None,
    course_dir: CourseDir = None,
    workers: Annotated[int, typer.Option(min=1, help="Notebooks run at the same time.")] = 2,
) -> None:
    """Prove that a lab's tests judge as its author meant.

    The solution gets full marks, the stub none, every wrong answer exactly its own and the
    sentence that names it; each test cell's names of the student's are listed. Exit code 1:
    something is not so.

    Examples: [bold]autograder lint[/] · [bold]autograder lint 01_mlp_mnist[/]
    """
    from autograder.authoring.lint import read_through, try_out
    from autograder.authoring.stock_engine import StockEngine
    from autograder.cli.grade_lab import start_engine

    course = chosen_course(course_dir)
    wrong = 0
    for lab in [course.lab(name) for name in labs] if labs else course.labs():
        out.print(f"[bold]{lab.name}[/]: reading it through")
        wrong += _show(read_through(course, lab))
        with start_engine(course, lab, workers) as engine:
            out.print(f"[bold]{lab.name}[/]: under our engine")
            wrong += _show(try_out(course, lab, engine, workers))
        out.print(f"[bold]{lab.name}[/]: under stock nbgrader")
        with StockEngine(course, lab) as engine:
            wrong += _show(try_out(course, lab, engine, workers))
    out.print(f"{wrong} wrong" if wrong else "all right")
    if wrong:
        raise typer.Exit(1)


def _show(findings: Iterable[Finding]) -> int:
    """Print the findings as they come; returns how many were not right."""
    wrong = 0
    for finding in findings:
        wrong += not finding.right
        mark = "[green]✓[/]" if finding.right else "[red]✗[/]"
        out.print(f"  {mark} {escape(finding.subject)}: {escape(finding.detail)}")
    return wrong
