"""Run each solved lab, tests included, in the full profile: is it as fast as the lab states?

    python benchmarks/full_profiles.py [--quick] [--labs 01,02] [--keep FOLDER]

Each lab runs on the stand-in in its own process. The goal is the longest time that the lab states.
`--keep` writes the executed notebooks into a folder. `--quick` runs only Lab 00.
"""

from __future__ import annotations

import argparse
import re
import time
from pathlib import Path

import nbformat

from figure import Figure, report
from labs import ROOT, list_labs, run_script


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="only Lab 00")
    parser.add_argument("--labs", help="numbers or names separated by commas; default: all")
    parser.add_argument("--keep", type=Path, help="a folder for the executed notebooks")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        return run_lab(options.one, options.keep)
    labs = list_labs(options.labs)
    kept = ["--keep", str(options.keep.resolve())] if options.keep else []
    for name in labs[:1] if options.quick else labs:
        run_script(str(Path(__file__).resolve()), "full", "--one", name, *kept)
    return None


def run_lab(lab: str, keep: Path | None) -> None:
    """Run a solved lab in a kernel, as a student does."""
    from nbclient import NotebookClient

    from autograder import Course
    from autograder.authoring.instructor_notebook import make_instructor_notebook

    course = Course.find(ROOT)
    notebook = make_instructor_notebook(course, course.lab(lab))
    notebook.cells = [cell for cell in notebook.cells if "%pip" not in cell.source]
    began = time.perf_counter()
    NotebookClient(notebook, timeout=None, kernel_name="python3").execute()
    seconds = time.perf_counter() - began
    if keep:
        keep.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, keep / f"{lab}.ipynb")
    name = f"Lab {lab[:2]} solved, in a new kernel"
    report(
        Figure(name, seconds, "s", at_most=read_stated_seconds(lab), data="stand-in, full profile")
    )


def read_stated_seconds(lab: str) -> int:
    """Return the longest time in seconds that a lab's table states for the full profile."""
    text = (ROOT / "solutions" / lab / f"{lab}.py").read_text("utf-8")
    most, unit = re.search(r"\| full \|.*–(\d+) (min|s) on 2 cores", text).groups()
    return int(most) * (60 if unit == "min" else 1)


if __name__ == "__main__":
    main()
