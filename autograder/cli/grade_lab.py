"""What `autograder grade`, `lint` and `demo` share: an engine, and a run with its progress."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial

from autograder.cli.console import err
from autograder.cli.grading_sentences import describe_stale_notebook, describe_unbuildable_source
from autograder.course.course import Course, Lab
from autograder.errors import AutograderError
from autograder.grading.engine_recipe import EngineRecipe
from autograder.grading.start_engine import start_engine
from autograder.results.verdict import Verdict


@dataclass(frozen=True)
class GradedLab:
    """A graded lab.

    Args:
        verdicts: sorted by student.
        unchanged: how many of them were there already.
    """

    verdicts: list[Verdict]
    unchanged: int


def grade_lab(
    course: Course,
    lab: Lab,
    workers: int = 2,
    force: bool = False,
    isolation: str = "auto",
    cluster: str | None = None,
) -> GradedLab:
    """Grade all new submissions of a lab, and show the progress."""
    # SIGTERM ends the run as Ctrl-C does: finished submissions are recorded, no process is left.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    start = partial(start_engine, course, lab, isolation, say)
    with ExitStack() as stack:
        early = None
        if not cluster and (force or _has_new_submission(course, lab)):
            # The engine imports TensorFlow while this process imports nbgrader.
            early = start()
            stack.callback(early.close)
        from autograder.cli.progress import show_progress
        from autograder.grading.local_workers import LocalWorkers
        from autograder.grading.run import GradingRun, Workers

        for warning in find_warnings(course, lab):
            say(f"warning: {warning}")
        grading = GradingRun(course, lab, force)
        chosen: Workers = LocalWorkers(lambda: early or start(), workers)
        if cluster:
            from autograder.grading.cluster_workers import ClusterWorkers

            chosen = ClusterWorkers(cluster, EngineRecipe.of(course, lab, isolation), say)
        graded = show_progress(grading.run(chosen), total=len(grading.submissions))
    verdicts = sorted((one.result.verdict for one in graded), key=lambda verdict: verdict.student)
    return GradedLab(verdicts, unchanged=sum(not one.is_new for one in graded))


def say(text: str) -> None:
    """Print a line for the instructor on stderr."""
    err.print(text, markup=False)


def find_warnings(course: Course, lab: Lab) -> Iterator[str]:
    """What the marks do not show: submissions in a wrong place, tests that are out of date."""
    from autograder.authoring.build import find_stale_notebooks
    from autograder.authoring.instructor_notebook import source_path
    from autograder.course.submissions import find_misplaced_submissions

    yield from find_misplaced_submissions(course, lab)
    source = source_path(course, lab)
    # A lab of plain nbgrader has no points in course.toml, and such a file is not its source.
    if not (lab.points and source.is_file()):
        return
    try:
        is_stale = source.with_suffix(".ipynb") in find_stale_notebooks(course, lab)
    except AutograderError as error:
        yield describe_unbuildable_source(error, source.stem)
        return
    if is_stale:
        yield describe_stale_notebook(source.stem, lab.name)


def _has_new_submission(course: Course, lab: Lab) -> bool:
    """Whether a student without a result has submitted; fingerprints show changed ones later."""
    students = {path.parent.name for path in course.submitted_dir.glob(f"*/{lab.name}")}
    # `Path.exists` raises an error for a name that is too long for the disk.
    return not all(
        os.path.exists(course.results_dir / lab.name / f"{name}.json") for name in students
    )
