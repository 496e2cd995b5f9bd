"""A progress bar on a terminal; a line a submission where there is none."""

from __future__ import annotations

from collections.abc import Iterator

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
from autograder.scheduling import Outcome


def follow(outcomes: Iterator[Outcome], total: int) -> list[Outcome]:
    """Draw from `outcomes` to the end, showing how far it is, how fast, and who failed and why."""
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
        for outcome in outcomes:
            done.append(outcome)
            verdict = outcome.result.verdict
            line = f"{verdict.student}: {verdict.score:g}/{verdict.max_score:g}"
            if verdict.status == "failed":
                line = f"{verdict.student}: not graded: {'; '.join(verdict.repairs)}"
            if not err.is_terminal or verdict.status == "failed":
                err.print(f"[{len(done)}/{total}] {line}", markup=False)
            speed = progress.tasks[0].speed
            rate = f"{speed * 3600:.0f}/h" if speed else ""
            progress.update(task, advance=1, rate=rate)
    return done
