"""Endurance: a large class with faults mixed in, processes killed at random, the run killed, too.

    python benchmarks/soak.py [--quick] [--size N] [--seed N]

Light notebooks, a tenth of them faulty: one ends its process, one never ends, one takes all the
memory it gets, one crashes the interpreter, one is not a notebook. Every so often a process of
the run, chosen at random (the run itself, a warm parent, a verifier, a kernel), gets SIGKILL; a
run that ended is started again. At the end: is every row there and right, did memory grow, did
it become slower, and is anything left behind?
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell

from autograder.course import Course
from autograder.execution.watcher import descendants, own_proportional_memory_mb
from autograder.notebooks import forms
from autograder.notebooks.source import instructor_notebook
from figure import Figure, report
from grading import light_course
from killed_runs import grade_command, rows

FAULTS = {
    "exits": "import os\nos._exit(3)",
    "never ends": "while True:\n    pass",
    "memory": "hog = [bytearray(2**26) for _ in range(1000)]",
    "crashes": "import ctypes\nctypes.string_at(0)",
    "no notebook": None,
}
LIMITS = "\n[limits]\nseconds = 60\ncell_seconds = 4\nmemory_mb = 1500\n"
_SAMPLE_SECONDS = 5.0


@dataclass
class Log:
    """What was seen on the way.

    Args:
        done: when each submission was in the gradebook, over all runs.
        memory: how many were done then, and the MiB of the run's lasting processes.
        kills: how many processes were killed.
        runs: how many runs it took.
    """

    done: list[float] = field(default_factory=list)
    memory: list[tuple[int, float]] = field(default_factory=list)
    kills: int = 0
    runs: int = 0


def main() -> None:
    """Run, look, report; exit code 1 when something was lost or left."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="60 submissions")
    parser.add_argument("--size", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    size = 60 if options.quick else options.size
    choice = random.Random(options.seed)
    before = leftovers()
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        course = light_course(Path(folder) / "course")
        toml = course.root / "course.toml"
        toml.write_text(toml.read_text() + LIMITS)
        course = Course(course.root)
        expected = hand_in(course, size, choice)
        log = grade(course, choice, every=max(20, size // 20))
        found = {s: sum(score or 0 for score, _ in q.values()) for s, q in rows(course).items()}
    wrong = {s: (found.get(s), points) for s, points in expected.items() if found.get(s) != points}
    time.sleep(3)
    left = sorted(leftovers() - before)
    print(f"  {log.runs} runs, {log.kills} kills; wrong: {wrong or 'nobody'}; left: {left or '-'}")
    of = f"light notebook, {size} submissions, a tenth faulty, {log.kills} kills, {log.runs} runs"
    _report(log, len(wrong), len(left), of)
    sys.exit(bool(wrong or left))


def _report(log: Log, wrong: int, left: int, of: str) -> None:
    report(Figure("rows that are lost or wrong", wrong, at_most=0, data=of))
    report(Figure("processes, files, sockets left behind", left, at_most=0, data=of))
    part = min(100, len(log.done) // 4)
    gaps = [b - a for a, b in zip(log.done, log.done[1:], strict=False)]
    slower = statistics.median(gaps[-part:]) / statistics.median(gaps[:part])
    name = f"time of the last {part} against the first, median"
    report(Figure(name, slower, "times", at_most=1.05, data=of))
    if len(log.memory) > 2:
        slope = statistics.linear_regression(*zip(*log.memory, strict=True)).slope
        name = "growth of the lasting processes' memory"
        report(Figure(name, 1000 * slope, "MiB per 1,000", at_most=20, data=of))


def hand_in(course: Course, size: int, choice: random.Random) -> dict[str, float]:
    """A class of solutions, a tenth of them with a fault in front; the points each must get."""
    lab = course.labs()[0]
    expected = {}
    for number in range(size):
        student = f"student-{number:04d}"
        fault = choice.choice(list(FAULTS)) if number % 10 == 5 else ""
        notebook = forms.solved(instructor_notebook(course, lab))
        if fault and FAULTS[fault]:
            # Behind the second question: its points are earned, the third one's model is not lost.
            notebook.cells.insert(5, new_code_cell(FAULTS[fault]))
        path = course.submitted_dir / student / lab.name / lab.notebook
        path.parent.mkdir(parents=True)
        path.write_text("{" if fault == "no notebook" else nbformat.writes(notebook))
        expected[student] = 0.0 if fault == "no notebook" else 5.0
    return expected


def grade(course: Course, choice: random.Random, every: int) -> Log:
    """Run until all is graded; kill something after about every so many submissions."""
    log = Log()
    unchanged = False
    while not unchanged:
        run = subprocess.Popen(
            [*grade_command(course), "--workers", "2"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        log.runs += 1
        next_kill = len(log.done) + choice.randint(every // 2, every)
        sampled, fresh = 0.0, 0
        for line in run.stderr:
            if not line.startswith("["):
                continue
            fresh += 1
            log.done.append(time.monotonic())
            if time.monotonic() - sampled > _SAMPLE_SECONDS:
                log.memory.append((len(log.done), _lasting_mb(run.pid)))
                sampled = time.monotonic()
            if len(log.done) >= next_kill:
                log.kills += _kill_one(run.pid, choice)
                next_kill = len(log.done) + choice.randint(every // 2, every)
        # Exit code 1: some submission is not a notebook. Any other but 0: the run was killed.
        unchanged = run.wait() in (0, 1)
    return log


def _kill_one(run: int, choice: random.Random) -> int:
    target = choice.choice(descendants(run))
    try:
        os.kill(target, signal.SIGKILL)
    except ProcessLookupError:
        return 0
    return 1


def _lasting_mb(run: int) -> float:
    """The run's own process and those that live as long: one level below it."""
    below = Path(f"/proc/{run}/task/{run}/children")
    lasting = [run, *map(int, below.read_text().split())] if below.exists() else []
    return sum(map(own_proportional_memory_mb, lasting))


def leftovers() -> set[str]:
    """What a run could leave: processes of this project, files in /tmp and shared memory."""
    found = set()
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if "warm_parent" in command:
            found.add(f"process {path.parent.name}: {command[:80]}")
    found |= {str(p) for p in Path(tempfile.gettempdir()).glob("autograder-*")}
    return found | {str(p) for p in Path("/dev/shm").iterdir()}


if __name__ == "__main__":
    main()
