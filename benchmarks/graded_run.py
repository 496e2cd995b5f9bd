"""Run the command that grades a class, and measure its time and memory."""

from __future__ import annotations

import contextlib
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder import Course
from autograder.course.course import Lab
from autograder.engine.host.watcher import measure_memory_mb

_ACCOUNTS = Path("/sys/fs/cgroup/cpuacct")
_SAMPLE_SECONDS = 5.0


@dataclass(frozen=True)
class GradedRun:
    """The time and memory of one run.

    Args:
        wall: Wall time in seconds.
        cpu: CPU seconds of all its processes.
        peak_mb: Peak memory of all its processes in MiB; shared pages count once.
        done: Seconds until each submission was in the gradebook, if the grader says so.
        memory: Samples: the number of submissions done, and the memory in MiB.
    """

    wall: float
    cpu: float
    peak_mb: float
    done: tuple[float, ...] = ()
    memory: tuple[tuple[int, float], ...] = ()

    @property
    def each(self) -> float:
        """Seconds per submission: the median over all groups of up to seven in a row.

        It leaves out the first submission of both workers and the last one, which has the machine
        to itself. As a median, it does not depend on single disturbances.
        """
        row = min(7, len(self.done) - 3)
        starts = range(1, len(self.done) - row - 1)
        return statistics.median((self.done[i + row] - self.done[i]) / row for i in starts)


def make_grade_command(course: Course, lab: Lab, *options: str) -> list[str]:
    """Return the command that grades the whole class with our engine."""
    grade = [sys.executable, "-m", "autograder", "grade", lab.name]
    return [*grade, "--course-dir", str(course.root), *options]


def run_command(
    course: Course, command: list[str], stdout: int | None = subprocess.DEVNULL
) -> GradedRun:
    """Run `command` in the course folder and measure it; its output goes to `stdout`.

    Raises:
        SystemExit: The command failed.
    """
    started = time.monotonic()
    done: list[float] = []
    memory: list[tuple[int, float]] = []
    over = threading.Event()
    with _count_cpu_time() as (join, read_seconds):
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
        cpu = read_seconds()
    if code != 0:
        raise SystemExit(f"{' '.join(command)} failed with {code}")
    peak = max((held for _, held in memory), default=0.0)
    return GradedRun(wall, cpu, peak, tuple(done), tuple(memory))


@contextlib.contextmanager
def _count_cpu_time() -> Iterator[tuple[Callable[[], object] | None, Callable[[], float]]]:
    """Yield a function with which a process joins the count, and one that reads the CPU seconds.

    A killed kernel's CPU time is lost from the sums of its parents. A control group counts
    everything that ran in it. Without one, the whole machine is counted, which should then do
    nothing else.
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
        with contextlib.suppress(
            OSError
        ):  # a process is still in it; a group that stays does no harm
            group.rmdir()


def _busy_seconds() -> float:
    """Return the CPU seconds that the machine has been busy."""
    ticks = [int(n) for n in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    return (sum(ticks) - ticks[3] - ticks[4]) / os.sysconf("SC_CLK_TCK")
