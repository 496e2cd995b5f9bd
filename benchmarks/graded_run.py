"""The command that grades a class; one run of a grader, and what it took."""

from __future__ import annotations

import contextlib
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.course.course import Course, Lab
from autograder.engine.host.watcher import measure_memory_mb

_ACCOUNTS = Path("/sys/fs/cgroup/cpuacct")
_SAMPLE_SECONDS = 5.0


@dataclass(frozen=True)
class Run:
    """What one run took.

    Args:
        wall: seconds.
        cpu: processor seconds of all its processes.
        peak_mb: what all its processes held together, shared pages counted once, in MiB.
        done: seconds after which each submission was in the gradebook, where the grader says so.
        memory: how many were done then, and the MiB held.
    """

    wall: float
    cpu: float
    peak_mb: float
    done: tuple[float, ...] = ()
    memory: tuple[tuple[int, float], ...] = ()

    @property
    def each(self) -> float:
        """Seconds a submission: of up to seven in a row, the median over the class.

        From where both workers' first ones are done, and without the last, which has the machine
        for itself; a disturbance does not decide it.
        """
        row = min(7, len(self.done) - 3)
        starts = range(1, len(self.done) - row - 1)
        return statistics.median((self.done[i + row] - self.done[i]) / row for i in starts)


def grade_command(course: Course, lab: Lab, *options: str) -> list[str]:
    """Our engine's command that grades everybody."""
    grade = [sys.executable, "-m", "autograder", "grade", lab.name]
    return [*grade, "--course-dir", str(course.root), *options]


def run(course: Course, command: list[str], stdout: int | None = subprocess.DEVNULL) -> Run:
    """Run `command` in the course's folder, and watch; what it prints goes to `stdout`.

    Raises:
        SystemExit: it failed.
    """
    started = time.monotonic()
    done: list[float] = []
    memory: list[tuple[int, float]] = []
    over = threading.Event()
    with _account() as (join, spent):
        process = subprocess.Popen(
            command,
            cwd=course.root,
            stdout=stdout,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=join,
        )

        def watch() -> None:
            while not over.wait(_SAMPLE_SECONDS):
                memory.append((len(done), measure_memory_mb(process.pid)))

        watcher = threading.Thread(target=watch)
        watcher.start()
        for line in process.stderr:
            if line.startswith("["):
                done.append(time.monotonic() - started)
        code = process.wait()
        wall = time.monotonic() - started
        over.set()
        watcher.join()
        cpu = spent()
    if code != 0:
        raise SystemExit(f"{' '.join(command)} failed with {code}")
    peak = max((held for _, held in memory), default=0.0)
    return Run(wall, cpu, peak, tuple(done), tuple(memory))


@contextlib.contextmanager
def _account() -> Iterator[tuple]:
    """An account of processor time: how a process joins it, and the seconds spent on it.

    A kernel that is killed takes its own account along, so the parents' sums are too small. A
    control group counts all that ran in it; where none can be had the whole machine is counted,
    which then should do nothing else.
    """
    group = _ACCOUNTS / f"benchmark-{os.getpid()}-{time.monotonic_ns()}"
    try:
        group.mkdir()
    except OSError:
        began = _busy_seconds()
        yield None, lambda: _busy_seconds() - began
        return
    try:
        tasks = group / "cgroup.procs"
        yield (
            lambda: tasks.write_text(str(os.getpid())),
            lambda: int((group / "cpuacct.usage").read_text()) / 1e9,
        )
    finally:
        time.sleep(0.5)
        with contextlib.suppress(OSError):  # something is still in it: an empty group costs nothing
            group.rmdir()


def _busy_seconds() -> float:
    """Processor seconds that the machine has spent at work."""
    ticks = [int(n) for n in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    return (sum(ticks) - ticks[3] - ticks[4]) / os.sysconf("SC_CLK_TCK")
