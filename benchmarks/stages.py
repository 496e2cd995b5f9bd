"""Where the time of one submission goes: seconds of each stage, one submission after the other.

    python benchmarks/stages.py [--quick] [--lab LAB]

Listens to the engine's own messages: a verifier is forked, a kernel is forked and comes up, cells
and tests run in turn, the result is written. Both sides share the cores, so a stage's processor
time is at most its wall time here; on a quiet machine the two are near each other.
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

from autograder.cli.grade_lab import start_engine
from autograder.engine.host.verifier_host import VerifierHost
from autograder.engine.supervision import Supervision
from autograder.engine.wire.messages import CellStart, KernelRelease, Message
from autograder.gradebook.gradebook import CourseGradebook
from autograder.grading.local_workers import LocalWorkers
from autograder.grading.marking import Marking
from autograder.grading.run import GradingRun
from autograder.results.results import Results
from figure import Figure, report
from grading import hand_in_solutions, measured_lab, title

# Milliseconds of the light notebook's on a two-core machine, when the figures were first taken;
# since then the gradebook is opened once a run and written in one transaction, a kernel starts
# without reading all modules, and the verifier does not search oneDNN's kernels.
STAGES = {
    "read and repair the notebook": 4.60,
    "fork a verifier": 19.1,
    "fork a kernel into its sandbox": 44.8,
    "kernel comes up": 72.5,
    "student's cells": 151,
    "tests, values fetched": 137,
    "end and clean up": 29.1,
    "result on the disk": 1.09,
    "gradebook and autograded/": 59.1,
}
READ, VERIFIER, FORK, START, CELLS, TESTS, END, WRITE, RECORD = STAGES


class Stages:
    """Seconds by stage, of each submission."""

    def __init__(self) -> None:
        self.seen: list[dict[str, float]] = []
        # A worker's thread is at the next submission while this one is written.
        self._mine = threading.local()

    def listen(self) -> None:
        """Take note of what the engine does, in this process."""
        around(Marking, "mark", before=lambda *_: self._begin(READ), after=self._end)
        around(VerifierHost, "start_verifier", before=lambda *_: self._enter(VERIFIER))
        around(
            Supervision,
            "_give_kernel",
            before=lambda *_: self._enter(FORK),
            after=lambda *_: self._enter(START),
        )
        around(Supervision, "run", before=self._notebook)
        around(Supervision, "_answer", before=self._told)
        around(Results, "write", before=lambda *_: self._begin(WRITE))
        around(CourseGradebook, "record", before=lambda *_: self._enter(RECORD), after=self._end)

    def _begin(self, stage: str) -> None:
        self._mine.seconds = defaultdict(float)
        self._mine.stage, self._mine.since = stage, time.perf_counter()

    def _enter(self, stage: str) -> None:
        """The stage before ends here."""
        now = time.perf_counter()
        self._mine.seconds[self._mine.stage] += now - self._mine.since
        self._mine.stage, self._mine.since = stage, now

    def _end(self, *_: object) -> None:
        self._enter("")
        self.seen.append(self._mine.seconds)

    def _notebook(self, _: Supervision, notebook: NotebookNode, *__: object) -> None:
        self._mine.cells = notebook.cells

    def _told(self, _: Supervision, __: object, message: Message) -> None:
        if isinstance(message, CellStart):
            mark = self._mine.cells[message.index].metadata.get("nbgrader") or {}
            tests = mark.get("grade") and not mark.get("solution")
            self._enter(TESTS if tests else CELLS)
        elif isinstance(message, KernelRelease):
            self._enter(END)


def around(
    owner: type,
    name: str,
    before: Callable[..., None],
    after: Callable[..., None] | None = None,
) -> None:
    """Have a method say when it is called, and when it is done."""
    method = getattr(owner, name)

    @wraps(method)
    def told(*args, **kwargs):
        before(*args)
        done = method(*args, **kwargs)
        if after is not None:
            after(*args)
        return done

    setattr(owner, name, told)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer submissions")
    parser.add_argument("--lab", help="a lab of this course in place of the light notebook")
    options = parser.parse_args()
    size = 6 if options.quick or options.lab else 40
    stages = Stages()
    stages.listen()
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        root = Path(folder) / "course"
        course, lab = measured_lab(root, options.lab)
        hand_in_solutions(course, lab, size)
        workers = LocalWorkers(lambda: start_engine(course, lab, workers=1), 1)
        for _ in GradingRun(course, lab).run(workers):
            pass
    of = f"{title(lab)}, {size} in turn"
    for stage, before in STAGES.items():
        each = 1000 * statistics.median(one[stage] for one in stages.seen if stage in one)
        peer = {} if options.lab else {"peer": before, "against": "before", "ratio": before / each}
        report(Figure(stage, each, "ms", data=of, **peer))


if __name__ == "__main__":
    main()
