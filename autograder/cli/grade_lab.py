"""What `autograder grade`, `lint` and `demo` share: an engine, and a run with its progress."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING

from autograder.cli.console import err
from autograder.cli.grading_sentences import (
    CHECK_ADVICE,
    describe_failed_check,
    describe_stale_notebook,
    describe_unbuildable_source,
    describe_unsolved,
)
from autograder.course.course import Course, Lab
from autograder.engine.engine import Engine
from autograder.engine.wire.note import Note
from autograder.errors import AutograderError
from autograder.grading.engine_recipe import EngineRecipe
from autograder.grading.start_engine import start_engine
from autograder.results.verdict import Verdict

if TYPE_CHECKING:
    from autograder.grading.marking import Marking
    from autograder.grading.run import Workers


class Check(Enum):
    """What a run does with the solution and the stub of its lab."""

    STRICT = "strict"  # grades them, and stops where they get wrong marks
    ANYWAY = "anyway"  # grades them, and goes on with a note
    NONE = "none"  # does not grade them


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
    allows_weak: bool = False,
    check: Check = Check.STRICT,
) -> GradedLab:
    """Grade all new submissions of a lab, and show the progress.

    Raises:
        AutograderError: Nothing can be graded; the solution or the stub gets wrong marks; or "auto"
            finds no sandbox and `allows_weak` is not set: a person has to ask for that.
    """
    # SIGTERM ends the run as Ctrl-C does: finished submissions are recorded, no process is left.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    start = partial(start_engine, course, lab, isolation, say, allows_weak)
    with ExitStack() as stack:
        engine = LateEngine(stack, start)
        if not cluster and (force or _has_new_submission(course, lab)):
            # The engine imports TensorFlow while this process imports nbgrader.
            engine.start()
        from autograder.cli.progress import show_progress
        from autograder.grading.local_workers import LocalWorkers
        from autograder.grading.run import GradingRun

        for warning in find_warnings(course, lab):
            say(f"warning: {warning}")
        grading = GradingRun(course, lab, force)
        chosen: Workers = LocalWorkers(engine.enter, workers)
        if cluster:
            from autograder.grading.cluster_workers import ClusterWorkers

            recipe = EngineRecipe.of(course, lab, isolation, allows_weak)
            chosen = ClusterWorkers(cluster, recipe, say)
        note = None
        if check is not Check.NONE:
            note = check_references(course, lab, grading.marking, chosen, isolation, check)
        graded = show_progress(grading.run(chosen, note), total=len(grading.submissions))
    verdicts = sorted((one.result.verdict for one in graded), key=lambda verdict: verdict.student)
    return GradedLab(verdicts, unchanged=sum(not one.is_new for one in graded))


class LateEngine:
    """An engine that is started when it is first needed and ends with `stack`."""

    def __init__(self, stack: ExitStack, start: Callable[[], Engine]) -> None:
        self._stack, self._start = stack, start
        self._engine: Engine | None = None
        self._is_ready = False

    def start(self) -> Engine:
        """Start the engine, which goes on in the background."""
        if self._engine is None:
            self._engine = self._start()
            self._stack.callback(self._engine.close)
        return self._engine

    def enter(self) -> AbstractContextManager[Engine]:
        """The engine, ready to grade; leaving the context does not end it."""
        engine = self.start()
        if not self._is_ready:
            engine.__enter__()
            self._is_ready = True
        return nullcontext(engine)


def check_references(
    course: Course, lab: Lab, marking: Marking, workers: Workers, isolation: str, check: Check
) -> Note | None:
    """Grade the solution and the stub, if the lab or the machine has changed since the last time.

    Returns:
        The note for every submission, where `--anyway` lets the run go on.

    Raises:
        AutograderError: They get other marks than they must.
    """
    from autograder.grading.environment import compute_environment_digest
    from autograder.grading.reference_check import ReferenceCheck

    proof = ReferenceCheck(course, lab, marking, compute_environment_digest(isolation))
    report = proof.read()
    if report is None:
        say(f"checking the tests of {lab.name} with its solution and its stub")
        report = proof.run(workers)
        for name in report.unsolved:
            say(describe_unsolved(name))
    if report.findings and check is Check.STRICT:
        raise AutograderError(describe_failed_check(lab.name, report), CHECK_ADVICE)
    return report.make_note()


def say(text: str) -> None:
    """Print a line for the instructor on stderr."""
    err.print(text, markup=False)


def find_warnings(course: Course, lab: Lab) -> Iterator[str]:
    """What the marks do not show: submissions in a wrong place, tests that are out of date."""
    from autograder.authoring.build import find_stale_files
    from autograder.authoring.instructor_notebook import source_path
    from autograder.course.submissions import find_misplaced_submissions

    yield from find_misplaced_submissions(course, lab)
    source = source_path(course, lab)
    # A lab of plain nbgrader has no points in course.toml, and such a file is not its source.
    if not (lab.points and source.is_file()):
        return
    try:
        is_stale = source.with_suffix(".ipynb") in find_stale_files(course, lab)
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
