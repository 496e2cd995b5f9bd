"""`autograder grade`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from autograder.cli.console import CourseDir, LabName, open_course, out
from autograder.course.course import Lab
from autograder.errors import AutograderError


class Isolation(str, Enum):
    """The values of `--isolation`."""

    auto = "auto"
    bwrap = "bwrap"
    none = "none"


Workers = Annotated[int, typer.Option(min=1, help="Submissions graded at the same time.")]
_Timeout = Annotated[
    float | None,
    typer.Option(metavar="S", help="Seconds for one submission; default: course.toml's."),
]
_Force = Annotated[bool, typer.Option("--force", help="Grade unchanged ones again.")]
_Isolation = Annotated[
    Isolation, typer.Option(help="What walls students' code in; auto: the strongest here.")
]
_Limits = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME=VALUE", help="Change a limit of course.toml; repeatable."),
]
_Cluster = Annotated[
    str | None,
    typer.Option(
        metavar="ADDRESS",
        help="Grade on the workers of this Dask scheduler; --workers does not apply.",
    ),
]
_Json = Annotated[
    Path | None,
    typer.Option("--json", metavar="OUT.jsonl", help="Write a JSON object for each submission."),
]

Anyway = Annotated[
    bool,
    typer.Option(
        "--anyway", help="Grade although the solution or the stub gets wrong marks; rows say so."
    ),
]


def grade(
    lab: LabName,
    course_dir: CourseDir = None,
    workers: Workers = 2,
    timeout: _Timeout = None,
    force: _Force = False,
    isolation: _Isolation = Isolation.auto,
    limit: _Limits = None,
    cluster: _Cluster = None,
    json: _Json = None,
    anyway: Anyway = False,
) -> None:
    """Grade all submissions of a lab that are new or changed.

    Reads submitted/STUDENT/LAB/; writes gradebook.db and autograded/, as nbgrader does. The first
    run grades the instructor's solution and the released notebook: if the solution misses a point
    or the released notebook earns one, it stops and says why.
    An interrupted run continues where it stopped. Exit code 1: a submission could not be graded;
    2: nothing could be done.

    Examples: [bold]autograder grade 01[/] ·
    [bold]autograder grade 01_mlp_mnist --workers 4 --json scores.jsonl[/] ·
    [bold]autograder grade 01 --cluster tcp://10.0.0.5:8786[/]
    """
    from autograder.cli.grade_lab import Check, grade_lab
    from autograder.cli.grading_sentences import describe_failure, describe_run
    from autograder.results.verdict import SubmissionStatus

    course = open_course(course_dir)
    chosen = _change_limits(course.lab(lab), limit or (), timeout)
    check = Check.ANYWAY if anyway else Check.STRICT
    graded = grade_lab(course, chosen, workers, force, isolation.value, cluster, check=check)
    if json:
        write_lines(json, "".join(verdict.as_json() + "\n" for verdict in graded.verdicts))
    out.print(describe_run(chosen.name, graded.verdicts, graded.unchanged))
    failed = [v for v in graded.verdicts if v.status is SubmissionStatus.FAILED]
    for one in failed:
        out.print(f"  {one.student}: {describe_failure(one)}", markup=False)
    if failed:
        raise typer.Exit(1)


def write_lines(path: Path, lines: str) -> None:
    """Write a file whole, also through a link; write into an existing pipe or terminal."""
    from autograder.files import replace_surrogates, write_atomically

    if path.exists() and not path.is_file():
        with path.open("w", encoding="utf-8") as file:
            file.write(replace_surrogates(lines))
    else:
        write_atomically(path.resolve(), lines)


def _change_limits(lab: Lab, limits: Iterable[str], timeout: float | None) -> Lab:
    """The lab with the limits of the command line."""
    changed = {**lab.limits, **dict(map(_parse_limit, limits))}
    if timeout is not None:
        changed["seconds"] = timeout
    return replace(lab, limits=changed)


def _parse_limit(text: str) -> tuple[str, float]:
    name, _, value = text.partition("=")
    try:
        return name.strip(), float(value)
    except ValueError:
        raise AutograderError(
            f"--limit {text}: not NAME=VALUE", "for example: --limit memory_mb=2000"
        ) from None
