"""`autograder grade`."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from autograder.cli.console import CourseDir, LabName, open_course, out
from autograder.errors import AutograderError


class Isolation(str, Enum):
    """The values of `--isolation`."""

    auto = "auto"
    bwrap = "bwrap"
    none = "none"


def grade(
    lab: LabName,
    course_dir: CourseDir = None,
    workers: Annotated[int, typer.Option(min=1, help="Submissions graded at the same time.")] = 2,
    timeout: Annotated[
        float | None,
        typer.Option(metavar="S", help="Seconds for one submission; default: course.toml's."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Grade unchanged ones again.")] = False,
    isolation: Annotated[
        Isolation, typer.Option(help="What students' code is walled in by; auto: the best here.")
    ] = Isolation.auto,
    limit: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help="Another limit than course.toml's; repeatable."),
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="Grade on the workers of this Dask scheduler, not here; --workers is theirs then.",
        ),
    ] = None,
    json: Annotated[
        Path | None,
        typer.Option("--json", metavar="OUT.jsonl", help="Write one JSON object a submission."),
    ] = None,
) -> None:
    """Grade all submissions of a lab that are new or changed.

    Reads submitted/STUDENT/LAB/, writes gradebook.db and autograded/, as nbgrader does.
    A run that was interrupted goes on where it stopped. Exit code 1: some submission could not
    be graded; 2: nothing could be done.

    Examples: [bold]autograder grade 01[/] ·
    [bold]autograder grade 01_mlp_mnist --workers 4 --json scores.jsonl[/] ·
    [bold]autograder grade 01 --cluster tcp://10.0.0.5:8786[/]
    """
    from dataclasses import replace

    from autograder.cli.grading import grade_lab

    course = open_course(course_dir)
    chosen = course.lab(lab)
    limits = {**chosen.limits, **dict(map(_named_value, limit or ()))}
    if timeout is not None:
        limits["seconds"] = timeout
    chosen = replace(chosen, limits=limits)
    graded = grade_lab(course, chosen, workers, force, isolation.value, cluster)
    if json:
        write_lines(json, "".join(verdict.as_json() + "\n" for verdict in graded.verdicts))
    failed = [verdict for verdict in graded.verdicts if verdict.status == "failed"]
    out.print(
        f"{len(graded.verdicts)} submissions of {chosen.name}: "
        f"{len(graded.verdicts) - len(failed)} graded"
        + (f" ({graded.unchanged} unchanged, not run again)" if graded.unchanged else "")
        + (f", {len(failed)} failed" if failed else "")
    )
    for verdict in failed:
        out.print(f"  {verdict.student}: {'; '.join(verdict.repairs)}", markup=False)
    if failed:
        raise typer.Exit(1)


def write_lines(path: Path, lines: str) -> None:
    """Write to a file whole, to what a link points to, or into a pipe that is there."""
    from autograder.files import replace_surrogates, write_atomically

    if path.exists() and not path.is_file():  # a pipe, a terminal
        with path.open("w", encoding="utf-8") as file:
            file.write(replace_surrogates(lines))
    else:
        write_atomically(path.resolve(), lines)


def _named_value(text: str) -> tuple[str, float]:
    name, _, value = text.partition("=")
    try:
        return name.strip(), float(value)
    except ValueError:
        raise AutograderError(
            f"--limit {text}: not NAME=VALUE", "for example: --limit memory_mb=2000"
        ) from None
