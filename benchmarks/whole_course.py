"""Grade a class of twelve for every lab: does every student get the expected marks?

    python benchmarks/whole_course.py [--quick] [--labs 01,02]

Each class submits the solution, the stub and ten different wrong answers, whose marks the lab's
author has declared. `autograder grade` grades them into a real gradebook.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat

from autograder import Course, make_cases
from autograder.authoring.cases import Case
from autograder.authoring.create_course import create_course
from autograder.course.course import Lab
from autograder.gradebook.gradebook import CourseGradebook
from figure import Figure, report
from graded_run import make_grade_command
from labs import list_labs


def main() -> None:
    """Submit, grade, compare; exit with code 1 if a mark differs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="classes of three")
    parser.add_argument("--labs", help="numbers or names separated by commas; default: all")
    options = parser.parse_args()
    size = 3 if options.quick else 12
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        course = create_course(Course.find(), Path(folder) / "course")
        chosen = list_labs(options.labs)
        for lab in map(course.lab, chosen):
            submitted = submit_cases(course, lab, size)
            began = time.monotonic()
            command = make_grade_command(course, lab, "--workers", "2")
            subprocess.run(command, capture_output=True)
            seconds = time.monotonic() - began
            differing = [s for s, case in submitted.items() if not is_right(course, lab, s, case)]
            wrong += len(differing)
            outcome = f"wrong: {differing}" if differing else "all right"
            print(f"  {lab.name}: {len(submitted)} graded in {seconds:.0f} s; {outcome}")
    of = f"{len(chosen)} labs, {size} submissions each"
    report(
        Figure("submissions whose marks differ from the expected marks", wrong, at_most=0, data=of)
    )
    sys.exit(bool(wrong))


def submit_cases(course: Course, lab: Lab, size: int) -> dict[str, Case]:
    """Submit up to `size` cases; return them by student."""
    solution, stub, *others = make_cases(course, lab)
    step = max(1, len(others) // (size - 2))
    submitted = {case.name: case for case in [solution, stub, *others[::step][: size - 2]]}
    for student, case in submitted.items():
        path = course.submitted_dir / student / lab.name / lab.notebook
        path.parent.mkdir(parents=True)
        nbformat.write(case.notebook, path)
    return submitted


def is_right(course: Course, lab: Lab, student: str, case: Case) -> bool:
    """Whether the gradebook has the marks of the case."""
    scores = CourseGradebook(course).read_scores(lab, student, lab.name)
    return all(scores[question][0] == marks for question, marks in case.marks.items())


if __name__ == "__main__":
    main()
