"""Every lab's class of twelve, graded one lab after the other: does everybody get their marks?

    python benchmarks/whole_course.py [--quick] [--labs 01,02]

In each class hand in: the solution, nothing but the release, and ten different wrong answers, whose
marks the lab's author has written down. Graded by `autograder grade` into a real gradebook.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat

from autograder.authoring.cases import Case, cases
from autograder.authoring.new_course import new_course
from autograder.course.course import Course, Lab
from autograder.gradebook.gradebook import CourseGradebook
from figure import Figure, report
from graded_run import grade_command
from labs import chosen_labs


def main() -> None:
    """Hand in, grade, compare; exit code 1 when somebody has other marks."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="three of each class")
    parser.add_argument("--labs", help="numbers or names, with commas between; default: all")
    options = parser.parse_args()
    size = 3 if options.quick else 12
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        course = new_course(Course.find(), Path(folder) / "course")
        chosen = chosen_labs(options.labs)
        for lab in map(course.lab, chosen):
            handed_in = submit(course, lab, size)
            began = time.monotonic()
            command = grade_command(course, lab, "--workers", "2")
            subprocess.run(command, capture_output=True)
            seconds = time.monotonic() - began
            differing = [s for s, case in handed_in.items() if not as_written(course, lab, s, case)]
            wrong += len(differing)
            print(
                f"  {lab.name}: {len(handed_in)} graded in {seconds:.0f} s; {differing or 'right'}"
            )
    of = f"{len(chosen)} labs, {size} submissions each"
    report(Figure("submissions with other marks than written down", wrong, at_most=0, data=of))
    sys.exit(bool(wrong))


def submit(course: Course, lab: Lab, size: int) -> dict[str, Case]:
    """A class; by student, what they hand in."""
    solution, stub, *mistakes = cases(course, lab)
    step = max(1, len(mistakes) // (size - 2))
    handed_in = {case.name: case for case in [solution, stub, *mistakes[::step][: size - 2]]}
    for student, case in handed_in.items():
        path = course.submitted_dir / student / lab.name / lab.notebook
        path.parent.mkdir(parents=True)
        nbformat.write(case.notebook, path)
    return handed_in


def as_written(course: Course, lab: Lab, student: str, case: Case) -> bool:
    """Whether the gradebook has the marks that the case must get."""
    scores = CourseGradebook(course).read_scores(lab, student, lab.name)
    return all(scores[question][0] == marks for question, marks in case.marks.items())


if __name__ == "__main__":
    main()
