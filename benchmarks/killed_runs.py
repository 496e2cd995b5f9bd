"""Runs of `autograder grade` killed at random moments: is the gradebook that of a quiet run?

    python benchmarks/killed_runs.py [--quick]

Every time a run is started, one of its processes, chosen at random (the run itself, a warm
parent, a verifier, a kernel), gets SIGKILL at a random moment; the next run goes on. At the end
the rows of gradebook.db are compared with those of a run that nobody disturbed.
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

from autograder.authoring.cases import cases
from autograder.authoring.source import instructor_notebook
from autograder.course.course import Course
from autograder.engine.host.watcher import list_descendants
from autograder.gradebook.gradebook import CourseGradebook
from autograder.notebooks import forms
from figure import Figure, report
from graded_run import grade_command
from grading import light_course

os.environ["PATH"] = os.path.dirname(sys.executable) + os.pathsep + os.environ["PATH"]

Rows = dict[str, dict[str, tuple[float | None, float]]]


def main() -> None:
    """Kill and compare; exit code 1 when a row differs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="10 submissions, 3 kills")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    size, kills = (10, 3) if options.quick else (30, 10)
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        course = light_course(Path(folder) / "course")
        hand_in_class(course, size)
        quiet = Course(shutil.copytree(course.root, Path(folder) / "quiet"))
        killed = disturb(course, kills, random.Random(options.seed))
        differing = compare(course, quiet)
    print(f"{killed} kills over {size} submissions; differing: {differing or 'nobody'}")
    of = f"light notebook, {size} submissions, {killed} kills"
    report(Figure("rows that differ from an undisturbed run", len(differing), at_most=0, data=of))
    sys.exit(bool(differing))


def hand_in_class(course: Course, size: int) -> None:
    """Solutions and stubs in turn, and one file that can't be read."""
    lab = course.labs()[0]
    forms_in_turn = [case.notebook for case in cases(course, lab)]
    forms_in_turn.append(forms.solved(instructor_notebook(course, lab)))
    for number in range(size):
        folder = course.submitted_dir / f"student-{number:03d}" / lab.name
        folder.mkdir(parents=True)
        nbformat.write(forms_in_turn[number % len(forms_in_turn)], folder / lab.notebook)
    (course.submitted_dir / "student-000" / lab.name / lab.notebook).write_text("{")


def disturb(course: Course, kills: int, choice: random.Random) -> int:
    """Start runs and kill one process of each; when all is graded, it is graded once more."""
    done, force = 0, False
    while done < kills:
        run = subprocess.Popen(
            grade_command(course, course.labs()[0], *(["--force"] if force else [])),
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
        # 0 and 1: it came to its end, unharmed.
        force = run.wait() in (0, 1)
    return done


def compare(course: Course, quiet: Course) -> list[str]:
    """The students whose rows differ after one more run, from those of an undisturbed course."""
    for one in (course, quiet):
        command = grade_command(one, one.labs()[0])
        subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    ours, theirs = rows(course), rows(quiet)
    return sorted(s for s in ours.keys() | theirs.keys() if ours.get(s) != theirs.get(s))


def rows(course: Course) -> Rows:
    """By student, each question's automatic score and maximum."""
    registry, lab = CourseGradebook(course), course.labs()[0]
    return {s: registry.read_scores(lab, s, lab.name) for s in registry.list_students(lab)}


if __name__ == "__main__":
    main()
