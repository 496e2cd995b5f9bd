"""`autograder lint`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from autograder.cli.console import CourseDir, open_course, out

if TYPE_CHECKING:
    from autograder.authoring.lint import Finding


def lint(
    labs: Annotated[
        list[str] | None, typer.Argument(metavar="[LAB]...", help="Default: all.")
    ] = None,
    course_dir: CourseDir = None,
    workers: Annotated[int, typer.Option(min=1, help="Notebooks run at the same time.")] = 2,
) -> None:
    """Prove that a lab's tests grade as its author intended.

    The solution must get full marks, the stub none, and every wrong answer exactly its marks and
    its message. Also lists the student's names that each test cell uses. Exit code 1: something
    is wrong.

    Examples: [bold]autograder lint[/] · [bold]autograder lint 01_mlp_mnist[/]
    """
    from autograder.authoring.lint import check_cases, check_source
    from autograder.authoring.stock_engine import StockEngine
    from autograder.cli.grade_lab import say
    from autograder.grading.start_engine import start_engine

    course = open_course(course_dir)
    wrong = 0
    for lab in [course.lab(name) for name in labs] if labs else course.labs():
        out.print(f"[bold]{lab.name}[/]: checking its source")
        wrong += _show(check_source(course, lab))
        with start_engine(course, lab, workers, say=say) as engine:
            out.print(f"[bold]{lab.name}[/]: with our engine")
            wrong += _show(check_cases(course, lab, engine, workers))
        out.print(f"[bold]{lab.name}[/]: with stock nbgrader")
        with StockEngine(course, lab) as engine:
            wrong += _show(check_cases(course, lab, engine, workers))
    out.print(f"{wrong} wrong" if wrong else "all right")
    if wrong:
        raise typer.Exit(1)


def _show(findings: Iterable[Finding]) -> int:
    """Print the findings; return how many are wrong."""
    wrong = 0
    for finding in findings:
        wrong += not finding.is_right
        sign = "[green]✓[/]" if finding.is_right else "[red]✗[/]"
        out.print(f"  {sign} {escape(finding.subject)}: {escape(finding.detail)}")
    return wrong
