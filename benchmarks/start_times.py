"""How long a person waits: for an import, for help, for the first submission to start.

    python benchmarks/start_times.py [--quick]

Each the median of several starts, with bytecode, from a warm disk.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from autograder.course.course import Course
from autograder.results.results import Results
from figure import Figure, report
from graded_run import grade_command
from grading import hand_in_solutions, light_course


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="once each")
    times = 1 if parser.parse_args().quick else 5
    bare = seconds([sys.executable, "-c", "pass"], times)
    imported = seconds([sys.executable, "-c", "import course_lib"], times)
    report(Figure("import course_lib, above Python's own start", imported - bare, "s", at_most=0.1))
    helped = seconds([sys.executable, "-m", "autograder", "--help"], times)
    report(Figure("autograder --help", helped, "s", at_most=0.3))
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        course = light_course(Path(folder) / "course")
        hand_in_solutions(course, course.labs()[0], 1)
        first = statistics.median(until_first(course) for _ in range(times))
    of = "light notebook"
    report(Figure("autograder grade until the first starts", first, "s", at_most=6, data=of))


def seconds(command: list[str], times: int) -> float:
    """The median of several runs."""
    found = []
    for _ in range(times):
        began = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        found.append(time.perf_counter() - began)
    return statistics.median(found)


def until_first(course: Course) -> float:
    """Seconds until the first submission is in the gradebook, less those of grading it."""
    began = time.perf_counter()
    command = grade_command(course, course.labs()[0], "--workers", "1", "--force")
    run = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    first = next(time.perf_counter() for line in run.stderr if line.startswith("[1/"))
    run.communicate()
    (result,) = Results(course.results_dir / course.labs()[0].name).read_all()
    return first - began - result.verdict.seconds


if __name__ == "__main__":
    main()
