"""Each lab solved in the full profile, tests included, on the stand-in: does it take what it says?

    python benchmarks/full_profiles.py [--quick] [--labs 01,02] [--keep FOLDER]

Each lab in a process of its own; the goal is the longest time that the lab itself tells the
student. With `--keep` the executed notebooks stay there, to be looked at. `--quick` takes Lab 00
only.
"""

from __future__ import annotations

import argparse
import re
import time
from pathlib import Path

import nbformat

from figure import Figure, report
from labs import ROOT, apart, chosen_labs


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="Lab 00 only")
    parser.add_argument("--labs", help="numbers or names, with commas between; default: all")
    parser.add_argument("--keep", type=Path, help="a folder for the executed notebooks")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        return one(options.one, options.keep)
    named = chosen_labs(options.labs)
    kept = ["--keep", str(options.keep.resolve())] if options.keep else []
    for name in named[:1] if options.quick else named:
        apart(str(Path(__file__).resolve()), "full", "--one", name, *kept)
    return None


def one(lab: str, keep: Path | None) -> None:
    """Run a lab's notebook with its solution, in a kernel, as a student does."""
    from nbclient import NotebookClient

    from autograder.authoring.source import instructor_notebook
    from autograder.course.course import Course

    course = Course.find(ROOT)
    notebook = instructor_notebook(course, course.lab(lab))
    notebook.cells = [cell for cell in notebook.cells if "%pip" not in cell.source]
    began = time.perf_counter()
    NotebookClient(notebook, timeout=None, kernel_name="python3").execute()
    seconds = time.perf_counter() - began
    if keep:
        keep.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, keep / f"{lab}.ipynb")
    name = f"Lab {lab[:2]} solved, in a new kernel"
    report(Figure(name, seconds, "s", at_most=stated(lab), data="stand-in, full profile"))


def stated(lab: str) -> int:
    """The most seconds that a lab's table gives for its full profile."""
    text = (ROOT / "solutions" / lab / f"{lab}.py").read_text("utf-8")
    most, unit = re.search(r"\| full \|.*–(\d+) (min|s) on 2 cores", text).groups()
    return int(most) * (60 if unit == "min" else 1)


if __name__ == "__main__":
    main()
