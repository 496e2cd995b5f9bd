"""Endurance: grade a large class with faults while processes and the run itself are killed.

    python benchmarks/soak.py [--quick] [--size N] [--seed N]

A tenth of the light notebooks are faulty: they exit, never end, take all memory, crash the
interpreter, or are not notebooks. At intervals a process gets SIGKILL, each kind in turn: the run
itself (its workers and its writer are threads), a warm parent, the sandbox around it, a verifier, a
kernel. A run that ends is started again. At the end: is every row there and right, did a process
grow, did grading slow down, and is anything left behind?
"""

from __future__ import annotations

import argparse
import ctypes
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell

from autograder import Course
from autograder.authoring.instructor_notebook import make_instructor_notebook
from autograder.engine.host.watcher import list_descendants
from autograder.notebooks.forms import solve_notebook
from figure import Figure, report
from graded_run import make_grade_command
from killed_runs import read_rows
from light_course import make_light_course

FAULTS = {
    "exits": "import os\nos._exit(3)",
    "never ends": "while True:\n    pass",
    "memory": "hog = [b'x' * 2**26 for _ in range(1000)]",
    "crashes": "import ctypes\nctypes.string_at(0)",
    "no notebook": None,
}
LIMITS = "\n[limits]\nseconds = 60\ncell_seconds = 4\nmemory_mb = 1500\n"
RUN, KERNELS, VERIFIERS = "the run", "the kernels' warm parent", "the verifiers' warm parent"
SANDBOX, KERNEL, VERIFIER = "the sandbox around the kernels", "a kernel", "a verifier"
_PR_SET_CHILD_SUBREAPER = 36
_SAMPLE_SECONDS = 2.0
_WORKERS = 2
# A process reaches its usual size in its first submissions.
_SETTLED = 20
# Over fewer submissions, momentary use hides the growth.
_LONG_ENOUGH = 100
_NEVER = 10**9


@dataclass
class Log:
    """The record of all runs.

    Args:
        done: By student, the time at which a run first reported the submission as graded.
        samples: By kind of long-lived process and process id: the number of submissions done, the
            resident memory in MiB, and the number of open file descriptors.
        kills: The number of kills of each kind.
        runs: The number of runs.
    """

    done: dict[str, float] = field(default_factory=dict)
    samples: dict[tuple[str, int], list[tuple[int, float, int]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    kills: Counter[str] = field(default_factory=Counter)
    runs: int = 0

    def each(self) -> list[float]:
        """Half the seconds from each graded submission to the second one after it.

        Two workers may finish at the same time or half a submission apart, so the time from one
        submission to the next varies; over two it is the time per submission.
        """
        times = sorted(self.done.values())
        return [(b - a) / _WORKERS for a, b in zip(times, times[_WORKERS:], strict=False)]

    def slope(self, kind: str, which: int) -> float | None:
        """Growth per 1,000 submissions: of memory (which = 1) or of descriptors (which = 2).

        Fits one slope for all processes of that kind, each with its own intercept.
        """
        above, below = 0.0, 0.0
        for (of, _), seen in self.samples.items():
            settled = [s for s in seen if s[0] >= seen[0][0] + _SETTLED] if of == kind else []
            if settled and settled[-1][0] - settled[0][0] >= _LONG_ENOUGH:
                xs, ys = [s[0] for s in settled], [s[which] for s in settled]
                x, y = statistics.fmean(xs), statistics.fmean(ys)
                above += sum((a - x) * (b - y) for a, b in zip(xs, ys, strict=True))
                below += sum((a - x) ** 2 for a in xs)
        return 1000 * above / below if below else None


def main() -> None:
    """Run, check, report; exit with code 1 if something was lost or left behind."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="60 submissions")
    parser.add_argument("--size", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    size = 60 if options.quick else options.size
    choice = random.Random(options.seed)
    # The kernel hands processes that outlive a run to this process, so leftovers are found.
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    shared = set(Path("/dev/shm").iterdir())
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        course = make_limited_course(Path(folder) / "course")
        temporary = Path(folder) / "tmp"
        temporary.mkdir()
        expected, faults = submit_class(course, size, choice)
        print(f"  {size} submissions, faulty: {dict(faults)}", flush=True)
        log = grade(course, choice, min(80, max(8, size // 10)), temporary)
        rows = read_rows(course)
        time.sleep(5)
        left = find_leftovers(temporary)
        # A fresh class without kills shows how fast the machine is now.
        fresh = make_limited_course(Path(folder) / "fresh")
        submit_class(fresh, min(100, size // 4) + _WORKERS, choice)
        after = grade(fresh, choice, _NEVER, temporary)
    found = {s: sum(score or 0 for score, _ in row.values()) for s, row in rows.items()}
    wrong = {s: (found.get(s), points) for s, points in expected.items() if found.get(s) != points}
    left += [f"shared memory {path}" for path in set(Path("/dev/shm").iterdir()) - shared]
    kills = ", ".join(f"{kind} {number}" for kind, number in log.kills.items())
    print(f"  {log.runs} runs; killed: {kills}")
    print(f"  wrong rows: {wrong or 'none'}; left behind: {left or 'nothing'}")
    total = sum(log.kills.values())
    of = f"light notebook, {size} submissions, a tenth faulty, {total} kills, {log.runs} runs"
    _report(log, after, len(wrong), len(left), of)
    sys.exit(bool(wrong or left))


def _report(log: Log, after: Log, wrong: int, left: int, of: str) -> None:
    report(Figure("rows that are lost or wrong", wrong, at_most=0, data=of))
    name = "processes, files, sockets and shared memory left behind"
    report(Figure(name, left, at_most=0, data=of))
    each, fresh = log.each(), after.each()
    part = len(fresh)
    last = statistics.median(each[-part:])
    pairs = ((each[:part], "the first"), (fresh, "a fresh class right after them"))
    for others, against in pairs:
        name = f"median time of the last {part} submissions, relative to {against}"
        slower = last / statistics.median(others)
        report(Figure(name, slower, "times", at_most=1.05, data=of))
    for kind in (RUN, KERNELS, VERIFIERS):
        memory, descriptors = log.slope(kind, 1), log.slope(kind, 2)
        if memory is None or descriptors is None:
            print(f"  growth of {kind}: no such process lived long enough to measure")
        else:
            name = f"memory growth of {kind}"
            report(Figure(name, memory, "MiB per 1,000", at_most=20, data=of))
            name = f"growth of open file descriptors of {kind}"
            report(Figure(name, descriptors, "per 1,000", at_most=10, data=of))


def make_limited_course(root: Path) -> Course:
    """Make the light course with limits that the faults soon reach."""
    toml = make_light_course(root).root / "course.toml"
    toml.write_text(toml.read_text() + LIMITS)
    return Course(root)


def submit_class(
    course: Course, size: int, choice: random.Random
) -> tuple[dict[str, float], Counter[str]]:
    """Submit solutions, a tenth with a fault; return each student's points and the faults."""
    lab = course.labs()[0]
    expected, faults = {}, Counter()
    for number in range(size):
        student = f"student-{number:04d}"
        fault = choice.choice(list(FAULTS)) if number % 10 == 5 else ""
        notebook = solve_notebook(make_instructor_notebook(course, lab))
        if fault:
            faults[fault] += 1
        if fault and FAULTS[fault]:
            # The fault costs its kernel: the cells before it run again, and the tests continue.
            notebook.cells.insert(5, new_code_cell(FAULTS[fault]))
        path = course.submitted_dir / student / lab.name / lab.notebook
        path.parent.mkdir(parents=True)
        path.write_text("{" if fault == "no notebook" else nbformat.writes(notebook))
        expected[student] = 0.0 if fault == "no notebook" else 5.0
    return expected, faults


def grade(course: Course, choice: random.Random, every: int, temporary: Path) -> Log:
    """Run until all is graded; kill a process after `every` / 2 to `every` submissions."""
    environment = {**os.environ, "TMPDIR": str(temporary)}
    log = Log()
    finished = False
    while not finished:
        run = subprocess.Popen(
            make_grade_command(course, course.labs()[0], "--workers", str(_WORKERS)),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
        )
        log.runs += 1
        next_kill = len(log.done) + choice.randint(every // 2, every)
        sampled = 0.0
        for line in run.stderr:
            student = line.partition("] ")[2].partition(":")[0]
            # A later run lists again what an earlier one graded.
            if not line.startswith("[") or student in log.done:
                continue
            log.done[student] = time.monotonic()
            if time.monotonic() - sampled > _SAMPLE_SECONDS:
                _sample(log, run.pid)
                sampled = time.monotonic()
            if len(log.done) >= next_kill:
                _kill_one(log, run.pid, choice)
                next_kill = len(log.done) + choice.randint(every // 2, every)
        code = run.wait()
        # Exit code 1: a submission is not a notebook. Codes above 1: the run was killed.
        finished = code in (0, 1)
        print(f"  run {log.runs}: {len(log.done)} graded, exit code {code}", flush=True)
        if log.runs > 500:
            raise SystemExit("grading does not finish")
    return log


def sort_processes(run: int) -> dict[str, list[int]]:
    """Return the run's processes by kind."""
    found = defaultdict(list)
    commands = {pid: _read(pid, "cmdline").replace("\0", " ") for pid in list_descendants(run)}
    for pid, command in commands.items():
        for module, parent, fork in (
            ("autograder.engine.student.kernel_parent", KERNELS, KERNEL),
            ("autograder.engine.verifier.verifier_parent", VERIFIERS, VERIFIER),
        ):
            if module not in command:
                continue
            if _read(pid, "comm").startswith("bwrap"):
                found[SANDBOX].append(pid)
                continue
            above = _parent(pid)
            forked = module in commands.get(above, "") and _read(above, "comm")[:5] != "bwrap"
            found[fork if forked else parent].append(pid)
    found[RUN] = [run]
    return found


def _read(pid: int, name: str) -> str:
    try:
        return Path(f"/proc/{pid}/{name}").read_text(errors="replace").strip()
    except OSError:
        return ""


def _parent(pid: int) -> int:
    fields = _read(pid, "stat").rpartition(")")[2].split()
    return int(fields[1]) if fields else 0


def _sample(log: Log, run: int) -> None:
    page = os.sysconf("SC_PAGE_SIZE") / 2**20
    processes = sort_processes(run)
    for kind in (RUN, KERNELS, VERIFIERS):
        for pid in processes[kind][:1]:
            memory, folder = _read(pid, "statm").split(), Path(f"/proc/{pid}/fd")
            if memory and folder.exists():
                seen = (len(log.done), int(memory[1]) * page, len(list(folder.iterdir())))
                log.samples[kind, pid].append(seen)


def _kill_one(log: Log, run: int, choice: random.Random) -> None:
    """Kill a process of the kind that was killed least."""
    processes = sort_processes(run)
    kind = min(sorted(processes), key=lambda k: (log.kills[k], choice.random()))
    target = choice.choice(processes[kind])
    try:
        os.kill(target, signal.SIGKILL)
    except ProcessLookupError:
        return
    log.kills[kind] += 1
    print(f"  after {len(log.done)}: killed {kind}", flush=True)


def find_leftovers(temporary: Path) -> list[str]:
    """Return the processes that runs left, and the files and sockets in their temporary folder."""
    found = [f"file {path.name}" for path in temporary.iterdir()]
    for pid in list_descendants(os.getpid())[1:]:
        if command := _read(pid, "cmdline").replace("\0", " "):  # empty for a zombie
            found.append(f"process {pid}: {command[:80]}")
    sockets = (line.split() for line in Path("/proc/net/unix").read_text().splitlines())
    return found + [f"socket {fields[-1]}" for fields in sockets if str(temporary) in fields[-1]]


if __name__ == "__main__":
    main()
