"""Kill runs of `autograder grade` at random; compare the gradebook with an undisturbed run.

    python benchmarks/killed_runs.py [--quick]

In every run, a random process (the run itself, a warm parent, a verifier, a kernel) gets SIGKILL at
a random moment; the next run continues. At the end, the rows of gradebook.db must be those of an
undisturbed run.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat

from autograder import Course, make_cases
from autograder.engine.host.watcher import list_descendants
from autograder.gradebook.gradebook import CourseGradebook
from figure import Figure, report
from graded_run import make_grade_command
from light_course import make_light_course

os.environ["PATH"] = os.path.dirname(sys.executable) + os.pathsep + os.environ["PATH"]

Rows = dict[str, dict[str, tuple[float | None, float]]]


def main() -> None:
    """Kill and compare; exit with code 1 if a row differs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="10 submissions, 3 kills")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    size, kills = (10, 3) if options.quick else (30, 10)
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        course = make_light_course(Path(folder) / "course")
        submit_class(course, size)
        undisturbed = Course(shutil.copytree(course.root, Path(folder) / "undisturbed"))
        killed = disturb(course, kills, random.Random(options.seed))
        differing = compare(course, undisturbed)
    print(f"{killed} kills in {size} submissions; differing rows: {differing or 'none'}")
    of = f"light notebook, {size} submissions, {killed} kills"
    report(Figure("rows that differ from an undisturbed run", len(differing), at_most=0, data=of))
    sys.exit(bool(differing))


def submit_class(course: Course, size: int) -> None:
    """Submit two solutions and a stub in turn, and one unreadable file."""
    lab = course.labs()[0]
    notebooks = [case.notebook for case in make_cases(course, lab)]
    notebooks.append(notebooks[0])
    for number in range(size):
        folder = course.submitted_dir / f"student-{number:03d}" / lab.name
        folder.mkdir(parents=True)
        nbformat.write(notebooks[number % len(notebooks)], folder / lab.notebook)
    (course.submitted_dir / "student-000" / lab.name / lab.notebook).write_text("{")


def disturb(course: Course, kills: int, choice: random.Random) -> int:
    """Start runs and kill one process of each; when all is graded, grade it again."""
    done, force = 0, False
    while done < kills:
        run = subprocess.Popen(
            make_grade_command(course, course.labs()[0], *(["--force"] if force else [])),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        end = time.monotonic() + choice.uniform(2, 10)
        while time.monotonic() < end and run.poll() is None:
            time.sleep(0.05)
        if run.poll() is None:
            tree = list_descendants(run.pid)
            target = choice.choice([run.pid, *tree])
            name = Path(f"/proc/{target}/comm").read_text().strip()
            try:
                os.kill(target, signal.SIGKILL)
                done += 1
                kind = "the run" if target == run.pid else f"{name}, one of {len(tree)} processes"
                print(f"killed {kind}", flush=True)
            except ProcessLookupError:
                pass
        # Exit codes 0 and 1: the run finished.
        force = run.wait() in (0, 1)
    return done


def compare(course: Course, undisturbed: Course) -> list[str]:
    """Run both once more; return the students whose rows differ."""
    for one in (course, undisturbed):
        command = make_grade_command(one, one.labs()[0])
        subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    ours, theirs = read_rows(course), read_rows(undisturbed)
    return sorted(s for s in ours.keys() | theirs.keys() if ours.get(s) != theirs.get(s))


def read_rows(course: Course) -> Rows:
    """Return each question's automatic score and maximum, by student."""
    registry, lab = CourseGradebook(course), course.labs()[0]
    return {s: registry.read_scores(lab, s, lab.name) for s in registry.list_students(lab)}


if __name__ == "__main__":
    main()
