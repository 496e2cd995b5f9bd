"""Grading a lab with the progress shown: what `grade`, `demo` and `lint` have in common."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from autograder.cli.console import err
from autograder.course import Course, Lab
from autograder.engine import Engine
from autograder.errors import AutograderError
from autograder.execution.limits import Limits
from autograder.execution.python_environment import PythonEnvironment, UnknownKernelError
from autograder.notebooks.kernel import kernel_of
from autograder.verdict import Verdict

# What a lab's code and its tests must agree on: where data is, and how much of it to use.
_SHARED_VARIABLES = ("KERAS_HOME", "COURSE_DATA", "COURSE_PROFILE")


@dataclass(frozen=True)
class GradedLab:
    """A lab's verdicts by student, and how many of them were there already."""

    verdicts: list[Verdict]
    unchanged: int


def start_engine(course: Course, lab: Lab, workers: int, isolation: str = "auto") -> Engine:
    """The engine with the lab's kernel, limits and data, the cores shared among the workers.

    Raises:
        AutograderError: a limit is unknown, or the isolation asked for can't be had.
    """
    try:
        limits = Limits.of(lab.limits)
    except ValueError as error:
        raise AutograderError(str(error), "mend course.toml or the option") from None
    environment = {k: os.environ[k] for k in _SHARED_VARIABLES if k in os.environ}
    environment.setdefault("KERAS_HOME", str(Path.home() / ".keras"))
    data = [environment[k] for k in ("KERAS_HOME", "COURSE_DATA") if k in environment]
    engine = Engine(
        limits,
        isolation,
        read_only=[path for path in data if Path(path).is_dir()],
        environment=environment,
        threads=max(1, (os.cpu_count() or 1) // workers),
        python=_python(course, lab),
    )
    err.print(f"isolation: {engine.isolation} ({engine.isolation_reason})", markup=False)
    return engine


def _python(course: Course, lab: Lab) -> PythonEnvironment:
    """The Python of the lab's kernel; said where it is not the one at hand."""
    kernel = kernel_of(course, lab)
    try:
        python = PythonEnvironment.of_kernel(kernel)
    except UnknownKernelError as error:
        err.print(f"{error}: students' code runs in this Python, {sys.executable}", markup=False)
        return PythonEnvironment.this()
    if python.kernel:
        err.print(f"kernel: {python.kernel} ({python.executable})", markup=False)
    return python


def grade_lab(
    course: Course, lab: Lab, workers: int = 2, force: bool = False, isolation: str = "auto"
) -> GradedLab:
    """Grade all submissions of a lab that are new, showing how far it is."""
    # Asked to end, the run ends as by Ctrl-C: with what is done recorded, and nothing left behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    start = partial(start_engine, course, lab, workers, isolation)
    with ExitStack() as stack:
        early = None
        if force or _somebody_is_new(course, lab):
            # The engine imports TensorFlow while this process imports nbgrader.
            early = start()
            stack.callback(early.close)
        from autograder.cli.progress import follow
        from autograder.scheduling import Grading

        grading = Grading(course, lab, workers=workers, force=force)
        outcomes = follow(grading.run(lambda: early or start()), total=len(grading.submissions))
    verdicts = sorted((o.result.verdict for o in outcomes), key=lambda verdict: verdict.student)
    return GradedLab(verdicts, unchanged=sum(not outcome.fresh for outcome in outcomes))


def _somebody_is_new(course: Course, lab: Lab) -> bool:
    """Whether there are surely submissions to grade; a changed one is found by its fingerprint."""
    handed_in = {path.parent.name for path in course.submitted_dir.glob(f"*/{lab.name}")}
    return not all((course.results_dir / lab.name / f"{name}.json").exists() for name in handed_in)
