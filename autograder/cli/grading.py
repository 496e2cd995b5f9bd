"""What `autograder grade`, `lint` and `demo` share: an engine, and a run with its progress."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial

from autograder.cli.console import err
from autograder.course.course import Course, Lab
from autograder.errors import AutograderError
from autograder.grading.engine_recipe import EngineRecipe
from autograder.grading.start_engine import start_engine
from autograder.results.verdict import Verdict


@dataclass(frozen=True)
class GradedLab:
    """A lab's verdicts by student, and how many of them were there already."""

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
    """Grade all submissions of a lab that are new, showing how far it is."""
    # Asked to end, the run ends as by Ctrl-C: with what is done recorded, and nothing left behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    start = partial(start_engine, course, lab, workers, isolation, say)
    with ExitStack() as stack:
        early = None
        if not cluster and (force or _somebody_is_new(course, lab)):
            # The engine imports TensorFlow while this process imports nbgrader.
            early = start()
            stack.callback(early.close)
        from autograder.cli.progress import follow
        from autograder.grading.local_workers import LocalWorkers
        from autograder.grading.run import GradingRun

        for warning in cautions(course, lab):
            say(f"warning: {warning}")
        grading = GradingRun(course, lab, force)
        chosen = LocalWorkers(lambda: early or start(), workers)
        if cluster:
            from autograder.grading.cluster_workers import ClusterWorkers

            chosen = ClusterWorkers(cluster, EngineRecipe.of(course, lab, isolation), say)
        outcomes = follow(grading.run(chosen), total=len(grading.submissions))
    verdicts = sorted((o.result.verdict for o in outcomes), key=lambda verdict: verdict.student)
    return GradedLab(verdicts, unchanged=sum(not outcome.fresh for outcome in outcomes))


def say(text: str) -> None:
    """Print a line for the instructor on stderr."""
    err.print(text, markup=False)


def cautions(course: Course, lab: Lab) -> Iterator[str]:
    """What the marks will not show: work that lies where nobody looks, tests that are old."""
    from autograder.authoring.build import find_stale_notebooks
    from autograder.authoring.instructor_notebook import source_path
    from autograder.course.submissions import find_misplaced_submissions

    yield from find_misplaced_submissions(course, lab)
    source = source_path(course, lab)
    # A course of nbgrader's own has no points in course.toml; a file of that name is another.
    if not (lab.points and source.is_file()):
        return
    try:
        stale = source.with_suffix(".ipynb") in find_stale_notebooks(course, lab)
    except AutograderError as error:
        yield f"{error}; graded with {source.stem}.ipynb as it was built before"
        return
    if stale:
        yield (
            f"{source.stem}.ipynb is not what {source.name} makes, and it is graded with: "
            f"autograder build {lab.name}, then autograder grade {lab.name} --force"
        )


def _somebody_is_new(course: Course, lab: Lab) -> bool:
    """Whether there are surely submissions to grade; a changed one is found by its fingerprint."""
    handed_in = {path.parent.name for path in course.submitted_dir.glob(f"*/{lab.name}")}
    # A name may be longer than the disk takes, which `Path.exists` raises of.
    return not all(
        os.path.exists(course.results_dir / lab.name / f"{name}.json") for name in handed_in
    )
