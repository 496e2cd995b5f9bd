"""Measure the time and memory of `autograder lint` for all labs.

    python benchmarks/lint_course.py [--quick]

`autograder lint` grades the solution, the stub and every wrong answer of every lab twice, with our
engine and with stock nbgrader, and fails if a case does not get its marks. `--quick` checks only
Lab 01.
"""

from __future__ import annotations

import argparse
import sys

from autograder import Course, make_cases
from figure import Figure, report
from graded_run import run_command
from labs import ROOT


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="only Lab 01")
    quick = parser.parse_args().quick
    course = Course.find(ROOT)
    labs = [course.lab("01_mlp_mnist")] if quick else course.labs()
    command = [sys.executable, "-m", "autograder", "lint", *(lab.name for lab in labs)]
    run = run_command(course, command, stdout=None)
    notebooks = sum(len(make_cases(course, lab)) for lab in labs)
    of = f"{len(labs)} labs, {notebooks} notebooks, each with both engines"
    report(Figure("autograder lint", run.wall / 60, "min", data=of))
    report(Figure("peak memory of all processes", run.peak_mb, "MiB", data=of))


if __name__ == "__main__":
    main()
