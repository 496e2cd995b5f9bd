"""`autograder lint`."""

from __future__ import annotations

import enum
import secrets
from collections.abc import Iterable
from fnmatch import fnmatchcase
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from autograder.cli.console import CourseDir, open_course, out

if TYPE_CHECKING:
    from autograder.authoring.lint import Finding


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
    repeats: Annotated[
        int,
        typer.Option(min=0, help="Further hidden seeds for test cells that take less than 1 s."),
    ] = 0,
    seed: Annotated[
        int | None, typer.Option(min=0, help="The first hidden seed; default: a new one.")
    ] = None,
    only: Annotated[
        str, typer.Option(metavar="NAMES", help="Cases by name, with * and separated by commas.")
    ] = "*",
    alone: Annotated[
        bool, typer.Option("--alone", help="Grade each mistake in a notebook of its own.")
    ] = False,
    engine: Annotated[LintEngine, typer.Option(help="Which engine grades.")] = LintEngine.BOTH,
) -> None:
    """Prove that a lab's tests grade as its author intended.

    The solution and every other right answer must get full marks, the stub none, and every wrong
    answer exactly its marks and its message. Mistakes in different questions are graded in one
    notebook, and alone only if its marks are not as expected. Also lists the student's names that
    each test cell uses. Exit code 1: something is wrong.

    Examples: [bold]autograder lint[/] · [bold]autograder lint 01_mlp_mnist[/] ·
    [bold]autograder lint 01 --only 'solution,no_*' --engine ours --seeds 30[/]
    """
    # Long because of its options.
    from autograder.authoring.cases import make_cases
    from autograder.authoring.lint import RepeatingGrader, check_cases, check_source
    from autograder.authoring.stability import Stability
    from autograder.authoring.stock_engine import StockEngine
    from autograder.cli.grade_lab import say
    from autograder.cli.stability_tables import show_stability
    from autograder.grading.start_engine import start_engine

    course = open_course(course_dir)
    first = secrets.randbits(32) if seed is None else seed
    hidden = [first + number for number in range(seeds)]
    out.print(f"hidden seed{'s' if seeds > 1 else ''}: {', '.join(map(str, hidden))}")
    wrong = 0
    stability: dict[str, Stability] = {}
    for lab in [course.lab(name) for name in labs] if labs else course.labs():
        out.print(f"[bold]{lab.name}[/]: checking its source")
        wrong += _show(check_source(course, lab))
        cases = [case for case in make_cases(course, lab) if _is_chosen(case.name, only)]
        stability[lab.name] = Stability()
        check = partial(
            check_cases, course, lab, workers=workers, cases=cases, seeds=hidden, combine=not alone
        )
        if engine is not LintEngine.STOCK:
            with start_engine(course, lab, say=say) as ours:
                out.print(f"[bold]{lab.name}[/]: with our engine")
                grader = RepeatingGrader(ours, repeats)
                wrong += _show(check(grader, stability=stability[lab.name]))
        if engine is not LintEngine.OURS:
            out.print(f"[bold]{lab.name}[/]: with stock nbgrader")
            with StockEngine(course, lab) as stock:
                wrong += _show(check(stock))
    if seeds > 1 or repeats:
        show_stability(stability)
    out.print(f"{wrong} wrong" if wrong else "all right")
    if wrong:
        raise typer.Exit(1)


def _is_chosen(name: str, patterns: str) -> bool:
    return any(fnmatchcase(name, pattern.strip()) for pattern in patterns.split(","))


def _show(findings: Iterable[Finding]) -> int:
    """Print the findings; return how many are wrong."""
    wrong = 0
    for finding in findings:
        wrong += not finding.is_right
        sign = "[green]✓[/]" if finding.is_right else "[red]✗[/]"
        sign = "[yellow]![/]" if finding.is_warning else sign
        out.print(f"  {sign} {escape(finding.subject)}: {escape(finding.detail)}")
    return wrong
