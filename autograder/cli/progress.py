"""A progress bar on a terminal; elsewhere a line for each submission."""

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
from autograder.cli.grading_sentences import describe_interruption, describe_verdict
from autograder.grading.run import GradedSubmission
from autograder.results.verdict import SubmissionStatus


def show_progress(graded: Iterator[GradedSubmission], total: int) -> list[GradedSubmission]:
    """Take all of `graded`, and show how many there are, how fast, and which failed and why.

    Raises:
        typer.Exit: a person stopped the run.
    """
    done: list[GradedSubmission] = []
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
            for one in graded:
                # Without the notebooks, which are on the disk: those of a class are large.
                done.append(replace(one, result=replace(one.result, notebooks={})))
                _print(one, f"[{len(done)}/{total}]")
                speed = progress.tasks[0].speed
                rate = f"{speed * 3600:.0f}/h" if speed else ""
                progress.update(task, advance=1, rate=rate)
        except KeyboardInterrupt:
            progress.stop()
            err.print(describe_interruption(len(done), total))
            raise typer.Exit(130) from None
    return done


def _print(one: GradedSubmission, place: str) -> None:
    verdict = one.result.verdict
    if verdict.status is SubmissionStatus.FAILED or not err.is_terminal:
        err.print(f"{place} {describe_verdict(verdict)}", markup=False)
