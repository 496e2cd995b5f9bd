"""Measure each stage of grading a submission, one submission after the other.

    python benchmarks/stages.py [--quick] [--lab LAB]

Observes the engine: it forks a verifier and a kernel, the kernel starts, cells and tests run in
turn, the result is written. Times are wall times; on an idle machine they are close to the CPU
times.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from functools import wraps
from pathlib import Path

from nbformat import NotebookNode

from autograder import start_engine
from autograder.engine.host.verifier_host import VerifierHost
from autograder.engine.supervision import Supervision
from autograder.engine.wire import messages
from autograder.gradebook.gradebook import CourseGradebook
from autograder.grading.local_workers import LocalWorkers
from autograder.grading.marking import Marking
from autograder.grading.run import GradingRun
from autograder.notebooks.cell_roles import is_test_cell
from autograder.results.results import Results
from figure import Figure, report
from light_course import make_measured_course, name_lab, submit_solutions

# Milliseconds for the light notebook in the first measurement, on a two-core machine. Since then, a
# run opens the gradebook once and writes in one transaction, a kernel starts without reading all
# modules, and the verifier does not search oneDNN's kernels.
STAGES = {
    "read and repair the notebook": 4.60,
    "fork a verifier": 19.1,
    "fork a kernel into its sandbox": 44.8,
    "start the kernel": 72.5,
    "run the student's cells": 151,
    "run the tests, fetching values": 137,
    "end and clean up": 29.1,
    "write the result": 1.09,
    "write gradebook.db and autograded/": 59.1,
}
READ, VERIFIER, FORK, START, CELLS, TESTS, END, WRITE, RECORD = STAGES


class Stages:
    """The seconds of each stage, by submission."""

    def __init__(self) -> None:
        self.seen: list[dict[str, float]] = []
        # A worker thread is already at the next submission while this one is written.
        self._mine = threading.local()

    def observe(self) -> None:
        """Record what the engine does in this process."""
        hook(Marking, "mark", before=lambda *_: self._begin(READ), after=self._end)
        hook(VerifierHost, "start_verifier", before=lambda *_: self._enter(VERIFIER))
        hook(
            Supervision,
            "_give_kernel",
            before=lambda *_: self._enter(FORK),
            after=lambda *_: self._enter(START),
        )
        hook(Supervision, "run", before=self._notebook)
        hook(Supervision, "_answer", before=self._read_message)
        hook(Results, "write", before=lambda *_: self._begin(WRITE))
        hook(CourseGradebook, "record", before=lambda *_: self._enter(RECORD), after=self._end)

    def _begin(self, stage: str) -> None:
        self._mine.seconds = defaultdict(float)
        self._mine.stage, self._mine.since = stage, time.perf_counter()

    def _enter(self, stage: str) -> None:
        """End the stage before and start this one."""
        now = time.perf_counter()
        self._mine.seconds[self._mine.stage] += now - self._mine.since
        self._mine.stage, self._mine.since = stage, now

    def _end(self, *_: object) -> None:
        self._enter("")
        self.seen.append(self._mine.seconds)

    def _notebook(self, _: Supervision, notebook: NotebookNode, *__: object) -> None:
        self._mine.cells = notebook.cells

    def _read_message(self, _: Supervision, __: object, message: messages.Message) -> None:
        if isinstance(message, messages.CellStart):
            is_test = is_test_cell(self._mine.cells[message.index])
            self._enter(TESTS if is_test else CELLS)
        elif isinstance(message, messages.KernelRelease):
            self._enter(END)


def hook(
    owner: type,
    name: str,
    before: Callable[..., None],
    after: Callable[..., None] | None = None,
) -> None:
    """Call `before` and `after` around each call of a method."""
    method = getattr(owner, name)

    @wraps(method)
    def call(*args, **kwargs):
        before(*args)
        value = method(*args, **kwargs)
        if after is not None:
            after(*args)
        return value

    setattr(owner, name, call)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer submissions")
    parser.add_argument("--lab", help="a lab of this course instead of the light notebook")
    options = parser.parse_args()
    size = 6 if options.quick or options.lab else 40
    stages = Stages()
    stages.observe()
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        root = Path(folder) / "course"
        course, lab = make_measured_course(root, options.lab)
        submit_solutions(course, lab, size)
        workers = LocalWorkers(lambda: start_engine(course, lab), 1)
        for _ in GradingRun(course, lab).run(workers):
            pass
    of = f"{name_lab(lab)}, {size} in turn"
    for stage, before in STAGES.items():
        each = 1000 * statistics.median(one[stage] for one in stages.seen if stage in one)
        peer = {} if options.lab else {"peer": before, "against": "before", "ratio": before / each}
        report(Figure(stage, each, "ms", data=of, **peer))


if __name__ == "__main__":
    main()
