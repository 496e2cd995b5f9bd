"""`autograder adopt`."""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from autograder.cli.console import CourseDir, open_course, out, print_error
from autograder.cli.grade import Isolation, Workers
from autograder.errors import AutograderError

if TYPE_CHECKING:
    from autograder.authoring.adoption import Adoption, CellComparison
    from autograder.course.course import Course, Lab

_Labs = Annotated[list[str] | None, typer.Argument(metavar="[ASSIGNMENT]...", help="Default: all.")]
_Write = Annotated[
    bool, typer.Option("--write", help="Add the trust lines that are needed to course.toml.")
]
_Isolation = Annotated[
    Isolation, typer.Option(help="What walls the notebooks' code in; auto: the strongest here.")
]


def adopt(
    assignments: _Labs = None,
    course_dir: CourseDir = None,
    workers: Workers = 2,
    isolation: _Isolation = Isolation.auto,
    write: _Write = False,
) -> None:
    """Find which test cells of an nbgrader course must run in the student's kernel.

    Grades the instructor's solution and the released notebook of each assignment twice: with the
    tests outside the student's kernel, as [bold]autograder grade[/] does, and in it, as nbgrader
    does. A table names the cells that differ, and why. Writes nothing without --write. Exit code 1:
    an assignment could not be compared.

    Examples: [bold]autograder adopt[/] · [bold]autograder adopt ps1 ps2 --course-dir course101[/] ·
    [bold]autograder adopt --write[/]
    """
    course = open_course(course_dir)
    labs = [course.lab(name) for name in assignments] if assignments else course.labs()
    found = _compare(course, labs, workers, isolation)
    _sum_up(found)
    if write:
        _write_trust(course, found)
    if len(found) < len(labs):
        raise typer.Exit(1)


def _compare(
    course: Course, labs: list[Lab], workers: int, isolation: Isolation
) -> dict[str, Adoption]:
    """Compare assignments and print a table of each; those that cannot be compared are missing."""
    from autograder.authoring.adoption import compare_lab
    from autograder.cli.grade_lab import LateEngine, say
    from autograder.grading.engine_recipe import EngineRecipe
    from autograder.grading.local_workers import LocalWorkers

    found: dict[str, Adoption] = {}
    # Assignments with the same kernel and limits share an engine.
    engines: dict[EngineRecipe, LateEngine] = {}
    with ExitStack() as stack:
        for lab in labs:
            try:
                recipe = EngineRecipe.of(course, lab, isolation.value, allows_weak=False)
                late = LateEngine(stack, partial(recipe.start, say))
                engine = engines.setdefault(recipe, late)
                found[lab.name] = compare_lab(course, lab, LocalWorkers(engine.enter, workers))
            except AutograderError as error:
                print_error(error)
                continue
            _show(lab.name, found[lab.name])
    return found


def _show(lab: str, adoption: Adoption) -> None:
    table = Table(title=lab, title_justify="left")
    for name in ("test cell", "points", "outside", "in the kernel", "outcome"):
        is_text = name in ("test cell", "outcome")
        table.add_column(name, justify="left" if is_text else "right", overflow="fold")
    for cell in adoption.cells:
        table.add_row(
            escape(f"{cell.notebook}: {cell.grade_id}"),
            f"{cell.max_score:g}",
            _format(cell.outside),
            _format(cell.inside),
            _describe(cell, adoption),
        )
    out.print(table)
    for cell in adoption.cells:
        reason = adoption.trust.get(cell.grade_id, cell.reason)
        if reason:
            out.print(f"  {cell.grade_id}: {reason}", markup=False)
    for name in adoption.unsolved:
        text = f"{name}.ipynb holds no answers: only its released form was compared"
        out.print(f"  {text}", markup=False)
    for cell in adoption.trusting if adoption.trust else ():
        if not cell.is_same:
            text = f"{cell.grade_id} still differs with these trusted: {cell.reason}"
            out.print(f"  {text}", markup=False)


def _format(scores: tuple[float, float]) -> str:
    """The points of the solution, and those of the stub."""
    return f"{scores[0]:g} / {scores[1]:g}"


def _describe(cell: CellComparison, adoption: Adoption) -> str:
    if cell.grade_id in adoption.trust:
        return "needs the kernel"
    if not cell.is_same:
        return "differs"
    if cell.is_right_in_kernel or cell.notebook in adoption.unsolved:
        return "same"
    if cell.inside[0] < cell.max_score:
        return "same: the solution misses points"
    return "same: the released notebook earns points"


def _sum_up(found: dict[str, Adoption]) -> None:
    cells = [(adoption, cell) for adoption in found.values() for cell in adoption.cells]
    free = sum(cell.grade_id not in adoption.trust for adoption, cell in cells)
    if cells:
        out.print(
            f"{free} of {len(cells)} test cells ({free / len(cells):.0%}) need no trust. "
            "Points are those of the solution / of the released notebook."
        )


def _write_trust(course: Course, found: dict[str, Adoption]) -> None:
    from autograder.course.write_trust import write_trust

    changed = write_trust(course, {lab: adoption.trust for lab, adoption in found.items()})
    where = course.root / "course.toml"
    if changed:
        out.print(f"{where}: trust of {', '.join(changed)}", markup=False)
    else:
        out.print(f"{where} needs no change", markup=False)
