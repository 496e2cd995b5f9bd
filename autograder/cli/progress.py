"""A progress bar on a terminal; a line a submission where there is none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import typer
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from autograder.cli.console import err
from autograder.grading.run import Outcome


def follow(outcomes: Iterator[Outcome], total: int) -> list[Outcome]:
    """Draw from `outcomes` to the end, showing how far it is, how fast, and who failed and why.

    Raises:
        typer.Exit: somebody stopped the run; how to go on is said.
    """
    done: list[Outcome] = []
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=err, disable=not err.is_terminal) as progress:
        task = progress.add_task("grading", total=total, rate="")
        try:
            for outcome in outcomes:
                # Without the notebooks, which are on the disk: a class of them is large.
                done.append(replace(outcome, result=replace(outcome.result, notebooks={})))
                _say(outcome, f"[{len(done)}/{total}]")
                speed = progress.tasks[0].speed
                rate = f"{speed * 3600:.0f}/h" if speed else ""
                progress.update(task, advance=1, rate=rate)
        except KeyboardInterrupt:
            progress.stop()
            err.print(f"{len(done)} of {total} are graded and in the gradebook")
            raise typer.Exit(130) from None
    return done


def _say(outcome: Outcome, place: str) -> None:
    verdict = outcome.result.verdict
    if verdict.status == "failed":
        why = "; ".join(verdict.repairs)
        err.print(f"{place} {verdict.student}: not graded: {why}", markup=False)
    elif not err.is_terminal:
        score = f"{verdict.score:g}/{verdict.max_score:g}"
        err.print(f"{place} {verdict.student}: {score}", markup=False)
