"""All labs proved by one command: how long it takes, and how much memory.

    python benchmarks/lint_course.py [--quick]

`autograder lint` runs the solution, the release and every wrong answer of every lab twice, once in
our engine and once in stock nbgrader, and fails when somebody gets other marks than written down.
`--quick` takes Lab 01.
"""

from __future__ import annotations

import argparse
import sys

from autograder.authoring.cases import cases
from autograder.course.course import Course
from figure import Figure, report
from graded_run import run
from labs import ROOT


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="Lab 01 only")
    quick = parser.parse_args().quick
    course = Course.find(ROOT)
    labs = [course.lab("01_mlp_mnist")] if quick else course.labs()
    command = [sys.executable, "-m", "autograder", "lint", *(lab.name for lab in labs)]
    proved = run(course, command, stdout=None)
    notebooks = sum(len(list(cases(course, lab))) for lab in labs)
    of = f"{len(labs)} labs, {notebooks} notebooks, each in both engines"
    report(Figure("autograder lint", proved.wall / 60, "min", data=of))
    report(Figure("peak of all processes' memory", proved.peak_mb, "MiB", data=of))


if __name__ == "__main__":
    main()
