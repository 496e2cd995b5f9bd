"""Endurance: a large class with faults mixed in, processes killed at random, the run killed, too.

    python benchmarks/soak.py [--quick] [--size N] [--seed N]

Light notebooks, a tenth of them faulty: one ends its process, one never ends, one takes all the
memory it gets, one crashes the interpreter, one is not a notebook. Every so often a process gets
SIGKILL, each kind in turn: the run itself (its workers and its writer are threads of it), a warm
parent, the wall around it, a verifier, a kernel; a run that ended is started again. At the end: is
every row there and right, did a process grow, did it become slower, and is anything left behind?
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

from autograder.authoring.source import instructor_notebook
from autograder.course.course import Course
from autograder.engine.host.watcher import list_descendants
from autograder.notebooks import forms
from figure import Figure, report
from graded_run import grade_command
from grading import light_course
from killed_runs import rows

FAULTS = {
    "exits": "import os\nos._exit(3)",
    "never ends": "while True:\n    pass",
    "memory": "hog = [b'x' * 2**26 for _ in range(1000)]",
    "crashes": "import ctypes\nctypes.string_at(0)",
    "no notebook": None,
}
LIMITS = "\n[limits]\nseconds = 60\ncell_seconds = 4\nmemory_mb = 1500\n"
RUN, KERNELS, VERIFIERS = "the run", "the kernels' warm parent", "the verifiers' warm parent"
WALL, KERNEL, VERIFIER = "the wall around the kernels", "a kernel", "a verifier"
_PR_SET_CHILD_SUBREAPER = 36
_SAMPLE_SECONDS = 2.0
_WORKERS = 2
# A process takes what it needs with its first submissions.
_SETTLED = 20
# In fewer submissions, what is under way at the moment outweighs what a process has grown by.
_LONG_ENOUGH = 100
_NEVER = 10**9


@dataclass
class Log:
    """What was seen on the way.

    Args:
        done: when each submission was first said to be graded, over all runs, by student.
        samples: by kind of lasting process and its id: how many were done then, its resident
            memory in MiB, its open descriptors.
        kills: how many of each kind were killed.
        runs: how many runs it took.
    """

    done: dict[str, float] = field(default_factory=dict)
    samples: dict[tuple[str, int], list[tuple[int, float, int]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    kills: Counter[str] = field(default_factory=Counter)
    runs: int = 0

    def each(self) -> list[float]:
        """Seconds from each submission that was graded to the second after it, halved.

        Two workers end now one right after the other, now half a submission apart: from one to
        the next says which it was, over two it is the time that a submission takes.
        """
        times = sorted(self.done.values())
        return [(b - a) / _WORKERS for a, b in zip(times, times[_WORKERS:], strict=False)]

    def slope(self, kind: str, which: int) -> float | None:
        """Growth for each 1,000 submissions: of memory (which = 1) or of descriptors (2).

        Every process of that kind has its own beginning, and all have one slope.
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
    """Run, look, report; exit code 1 when something was lost or left."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="60 submissions")
    parser.add_argument("--size", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    size = 60 if options.quick else options.size
    choice = random.Random(options.seed)
    # Whoever outlives a run is handed over to this process, and so is found.
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    shared = set(Path("/dev/shm").iterdir())
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        course = limited_course(Path(folder) / "course")
        temporary = Path(folder) / "tmp"
        temporary.mkdir()
        expected, faults = submit(course, size, choice)
        print(f"  {size} submissions, faulty: {dict(faults)}", flush=True)
        log = grade(course, choice, min(80, max(8, size // 10)), temporary)
        found = {s: sum(score or 0 for score, _ in q.values()) for s, q in rows(course).items()}
        time.sleep(5)
        left = leftovers(temporary)
        # The same again with nothing before it and nothing killed: how fast the machine is now.
        fresh = limited_course(Path(folder) / "fresh")
        submit(fresh, min(100, size // 4) + _WORKERS, choice)
        after = grade(fresh, choice, _NEVER, temporary)
    wrong = {
        student: (found.get(student), points)
        for student, points in expected.items()
        if found.get(student) != points
    }
    left += [f"shared memory {path}" for path in set(Path("/dev/shm").iterdir()) - shared]
    kills = ", ".join(f"{kind} {number}" for kind, number in log.kills.items())
    print(f"  {log.runs} runs; killed: {kills}")
    print(f"  wrong: {wrong or 'nobody'}; left: {left or 'nothing'}")
    total = sum(log.kills.values())
    of = f"light notebook, {size} submissions, a tenth faulty, {total} kills, {log.runs} runs"
    _report(log, after, len(wrong), len(left), of)
    sys.exit(bool(wrong or left))


def _report(log: Log, after: Log, wrong: int, left: int, of: str) -> None:
    report(Figure("rows that are lost or wrong", wrong, at_most=0, data=of))
    report(Figure("processes, files, sockets, shared memory left", left, at_most=0, data=of))
    each, fresh = log.each(), after.each()
    part = len(fresh)
    last = statistics.median(each[-part:])
    for others, against in (
        (each[:part], "the first"),
        (fresh, "a fresh class right after them"),
    ):
        name = f"time of the last {part} against {against}, median"
        slower = last / statistics.median(others)
        report(Figure(name, slower, "times", at_most=1.05, data=of))
    for kind in (RUN, KERNELS, VERIFIERS):
        memory, descriptors = log.slope(kind, 1), log.slope(kind, 2)
        if memory is None or descriptors is None:
            print(f"  growth of {kind}: none lived long enough to tell")
        else:
            name = f"memory of {kind}, growth"
            report(Figure(name, memory, "MiB per 1,000", at_most=20, data=of))
            name = f"open descriptors of {kind}, growth"
            report(Figure(name, descriptors, "per 1,000", at_most=10, data=of))


def limited_course(root: Path) -> Course:
    """The light course, with limits that the faults soon reach."""
    toml = light_course(root).root / "course.toml"
    toml.write_text(toml.read_text() + LIMITS)
    return Course(root)


def submit(
    course: Course, size: int, choice: random.Random
) -> tuple[dict[str, float], Counter[str]]:
    """A class of solutions, a tenth of them with a fault; the points each must get, the faults."""
    lab = course.labs()[0]
    expected, faults = {}, Counter()
    for number in range(size):
        student = f"student-{number:04d}"
        fault = choice.choice(list(FAULTS)) if number % 10 == 5 else ""
        notebook = forms.solved(instructor_notebook(course, lab))
        if fault:
            faults[fault] += 1
        if fault and FAULTS[fault]:
            # What it costs is its kernel: the cells before it run again, the tests go on.
            notebook.cells.insert(5, new_code_cell(FAULTS[fault]))
        path = course.submitted_dir / student / lab.name / lab.notebook
        path.parent.mkdir(parents=True)
        path.write_text("{" if fault == "no notebook" else nbformat.writes(notebook))
        expected[student] = 0.0 if fault == "no notebook" else 5.0
    return expected, faults


def grade(course: Course, choice: random.Random, every: int, temporary: Path) -> Log:
    """Run until all is graded; kill something after about every so many submissions."""
    environment = {**os.environ, "TMPDIR": str(temporary)}
    log = Log()
    ended_by_itself = False
    while not ended_by_itself:
        run = subprocess.Popen(
            grade_command(course, course.labs()[0], "--workers", str(_WORKERS)),
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
            # A run that goes on tells those again that an earlier one graded.
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
        # Exit code 1: some submission is not a notebook. Any other but 0: the run was killed.
        ended_by_itself = code in (0, 1)
        print(f"  run {log.runs}: {len(log.done)} graded, exit code {code}", flush=True)
        if log.runs > 500:
            raise SystemExit("it does not come to an end")
    return log


def kinds(run: int) -> dict[str, list[int]]:
    """The run's processes by what they are."""
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
                found[WALL].append(pid)
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
    there = kinds(run)
    for kind in (RUN, KERNELS, VERIFIERS):
        for pid in there[kind][:1]:
            memory, folder = _read(pid, "statm").split(), Path(f"/proc/{pid}/fd")
            if memory and folder.exists():
                seen = (len(log.done), int(memory[1]) * page, len(list(folder.iterdir())))
                log.samples[kind, pid].append(seen)


def _kill_one(log: Log, run: int, choice: random.Random) -> None:
    """Of the kinds that are there, one of those that were killed least."""
    there = kinds(run)
    kind = min(sorted(there), key=lambda k: (log.kills[k], choice.random()))
    target = choice.choice(there[kind])
    try:
        os.kill(target, signal.SIGKILL)
    except ProcessLookupError:
        return
    log.kills[kind] += 1
    print(f"  after {len(log.done)}: killed {kind}", flush=True)


def leftovers(temporary: Path) -> list[str]:
    """What the runs left: processes, files in their temporary folder, sockets there."""
    found = [f"file {path.name}" for path in temporary.iterdir()]
    for pid in list_descendants(os.getpid())[1:]:
        if command := _read(pid, "cmdline").replace("\0", " "):  # else ended, and not waited for
            found.append(f"process {pid}: {command[:80]}")
    sockets = (line.split() for line in Path("/proc/net/unix").read_text().splitlines())
    return found + [f"socket {fields[-1]}" for fields in sockets if str(temporary) in fields[-1]]


if __name__ == "__main__":
    main()
