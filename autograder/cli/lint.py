"""`autograder lint`."""

from __future__ import annotations

import enum
import secrets
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from autograder.cli.console import CourseDir, open_course, out

if TYPE_CHECKING:
    from autograder.authoring.cases import Case
    from autograder.authoring.lint import Finding
    from autograder.course.course import Course, Lab


class LintEngine(str, enum.Enum):
    """Which engine grades the cases."""

    OURS = "ours"
    STOCK = "stock"
    BOTH = "both"


def lint(
    labs: Annotated[
        list[str] | None, typer.Argument(metavar="[LAB]...", help="Default: all.")
    ] = None,
    course_dir: CourseDir = None,
    workers: Annotated[int, typer.Option(min=1, help="Notebooks run at the same time.")] = 2,
    seeds: Annotated[
        int, typer.Option(min=1, help="Hidden seeds under which each case is graded.")
    ] = 1,
    seed: Annotated[
        int | None, typer.Option(min=0, help="The first hidden seed; default: a new one.")
    ] = None,
    only: Annotated[
        str, typer.Option(metavar="NAMES", help="Cases by name, with * and separated by commas.")
    ] = "*",
    engine: Annotated[LintEngine, typer.Option(help="Which engine grades.")] = LintEngine.BOTH,
) -> None:
    """Prove that a lab's tests grade as its author intended.

    The solution and every other right answer must get full marks, the stub none, and every wrong
    answer exactly its marks and its message. Also lists the student's names that each test cell
    uses. Exit code 1: something is wrong.

    Examples: [bold]autograder lint[/] · [bold]autograder lint 01_mlp_mnist[/] ·
    [bold]autograder lint 01 --only 'solution,no_*' --engine ours --seeds 30[/]
    """
    from autograder.authoring.cases import make_cases
    from autograder.authoring.lint import check_source

    course = open_course(course_dir)
    first = secrets.randbits(32) if seed is None else seed
    hidden = [first + number for number in range(seeds)]
    out.print(f"hidden seed{'s' if seeds > 1 else ''}: {', '.join(map(str, hidden))}")
    wrong = 0
    for lab in [course.lab(name) for name in labs] if labs else course.labs():
        out.print(f"[bold]{lab.name}[/]: checking its source")
        wrong += _show(check_source(course, lab))
        patterns = only.split(",")
        cases = [
            case
            for case in make_cases(course, lab)
            if any(fnmatchcase(case.name, pattern.strip()) for pattern in patterns)
        ]
        for start in _ENGINES[engine]:
            wrong += _show(start(course, lab, workers, cases, hidden))
    out.print(f"{wrong} wrong" if wrong else "all right")
    if wrong:
        raise typer.Exit(1)


def _check_with_ours(
    course: Course, lab: Lab, workers: int, cases: list[Case], seeds: list[int]
) -> Iterator[Finding]:
    from autograder.authoring.lint import check_cases
    from autograder.cli.grade_lab import say
    from autograder.grading.start_engine import start_engine

    with start_engine(course, lab, workers, say=say) as engine:
        out.print(f"[bold]{lab.name}[/]: with our engine")
        yield from check_cases(course, lab, engine, workers, cases, seeds)


def _check_with_stock(
    course: Course, lab: Lab, workers: int, cases: list[Case], seeds: list[int]
) -> Iterator[Finding]:
    from autograder.authoring.lint import check_cases
    from autograder.authoring.stock_engine import StockEngine

    out.print(f"[bold]{lab.name}[/]: with stock nbgrader")
    with StockEngine(course, lab) as engine:
        yield from check_cases(course, lab, engine, workers, cases, seeds)


_ENGINES = {
    LintEngine.OURS: [_check_with_ours],
    LintEngine.STOCK: [_check_with_stock],
    LintEngine.BOTH: [_check_with_ours, _check_with_stock],
}


def _show(findings: Iterable[Finding]) -> int:
    """Print the findings; return how many are wrong."""
    wrong = 0
    for finding in findings:
        wrong += not finding.is_right
        sign = "[green]✓[/]" if finding.is_right else "[red]✗[/]"
        out.print(f"  {sign} {escape(finding.subject)}: {escape(finding.detail)}")
    return wrong
