"""Measure how long a person waits for an import, for help, and for grading to start.

    python benchmarks/start_times.py [--quick]

Each figure is the median of several starts, with bytecode and a warm disk cache.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from autograder import Course, read_results
from figure import Figure, report
from graded_run import make_grade_command
from light_course import make_light_course, submit_solutions


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one start each")
    times = 1 if parser.parse_args().quick else 5
    bare = measure([sys.executable, "-c", "pass"], times)
    imported = measure([sys.executable, "-c", "import course_lib"], times)
    report(
        Figure("import course_lib, without Python's own start", imported - bare, "s", at_most=0.1)
    )
    helped = measure([sys.executable, "-m", "autograder", "--help"], times)
    report(Figure("autograder --help", helped, "s", at_most=0.3))
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        course = make_light_course(Path(folder) / "course")
        submit_solutions(course, course.labs()[0], 1)
        first = statistics.median(measure_first(course) for _ in range(times))
    of = "light notebook"
    report(
        Figure(
            "autograder grade, until the first submission starts", first, "s", at_most=6, data=of
        )
    )


def measure(command: list[str], times: int) -> float:
    """Return the median seconds of several runs of a command."""
    found = []
    for _ in range(times):
        began = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        found.append(time.perf_counter() - began)
    return statistics.median(found)


def measure_first(course: Course) -> float:
    """Return the seconds until the first submission is in the gradebook, without grading it."""
    began = time.perf_counter()
    command = make_grade_command(course, course.labs()[0], "--workers", "1", "--force")
    run = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    first = next(time.perf_counter() for line in run.stderr if line.startswith("[1/"))
    run.communicate()
    (result,) = read_results(course, course.labs()[0])
    return first - began - result.verdict.seconds


if __name__ == "__main__":
    main()
