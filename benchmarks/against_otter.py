"""Grading a class: our engine against otter-grader, the same questions in otter's own format.

    python benchmarks/against_otter.py [--quick] [--lab LAB]

otter is installed into an environment of its own that borrows this one's TensorFlow. `otter
grade` needs Docker; `otter run`, what it calls in each container, does without and is measured
here, one submission after the other, as a script of an instructor would call it.
"""

from __future__ import annotations

import argparse
import ast
import json
import subprocess
import sys
import sysconfig
import tempfile
import time
import venv
from pathlib import Path
from textwrap import indent

import nbformat
from nbformat.v4 import new_code_cell, new_notebook, new_raw_cell

from autograder.authoring.source import instructor_notebook
from autograder.course.course import Course, Lab
from figure import Figure, report
from graded_run import grade_command, run
from grading import hand_in_solutions, measured_lab, title

# A test of otter's fails when something is printed that its author's notebook did not print.
_QUIET = "import contextlib, io\nwith contextlib.redirect_stdout(io.StringIO()):"


def main() -> None:
    """Measure and print; without a package index, say that otter is left out."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="smaller classes")
    parser.add_argument("--lab", help="a lab of this course in place of the light notebook")
    options = parser.parse_args()
    size, theirs = (10, 1) if options.quick else (4, 1) if options.lab else (100, 4)
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        folder = Path(name)
        course, lab = measured_lab(folder / "course", options.lab)
        hand_in_solutions(course, lab, size)
        otter = install(folder / "otter")
        if otter is None:
            print("  otter-grader is left out: it can't be installed here")
            return
        otter_per_hour = 3600 / seconds_of_otter(otter, course, lab, folder, theirs)
        for workers in (1, 2):
            command = grade_command(course, lab, "--force", "--workers", str(workers))
            per_hour = 3600 * size / run(course, command).wall
            report(
                Figure(
                    f"submissions an hour, {workers} worker{'s' * (workers > 1)}, against otter",
                    per_hour,
                    peer=otter_per_hour,
                    against="otter run",
                    ratio=per_hour / otter_per_hour,
                    at_least=12 if workers == 2 else None,
                    data=f"{title(lab)}, class of {size}",
                )
            )


def install(folder: Path) -> Path | None:
    """otter's command in an environment that sees this one's packages; None when it fails."""
    venv.create(folder, with_pip=True)
    packages = next(folder.glob("lib/*/site-packages"))
    # As a site folder, not only on the path: course_lib may be installed in there by a link.
    this = sysconfig.get_path("purelib")
    (packages / "this.pth").write_text(f"import site; site.addsitedir({this!r})")
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "otter-grader"]
    done = subprocess.run(pip, capture_output=True, text=True)
    return folder / "bin" / "otter" if done.returncode == 0 else None


def seconds_of_otter(otter: Path, course: Course, lab: Lab, folder: Path, size: int) -> float:
    """Seconds a submission, of notebooks that get full marks.

    Raises:
        RuntimeError: the solution does not get full marks: something else was measured.
    """
    source = folder / lab.notebook
    nbformat.write(in_otter_format(course, lab), source)
    assign = [str(otter), "assign", str(source), str(folder / "dist")]
    subprocess.run(assign, check=True, capture_output=True, cwd=folder)
    made = folder / "dist" / "autograder"
    (folder / "out").mkdir()
    zipped = str(next(made.glob("*.zip")))
    command = [str(otter), "run", "-a", zipped, "-o", str(folder / "out"), str(made / lab.notebook)]
    began = time.monotonic()
    for _ in range(size):
        done = subprocess.run(command, capture_output=True, text=True, cwd=folder)
        if done.returncode or not full_marks(folder / "out" / "results.json"):
            raise RuntimeError(f"otter did not grade:\n{done.stdout}\n{done.stderr}")
    return (time.monotonic() - began) / size


def full_marks(results: Path) -> bool:
    """Does otter's result give all points of every question?"""
    tests = json.loads(results.read_text("utf-8"))["tests"]
    asked = [test for test in tests if test.get("max_score")]
    return bool(asked) and all(test["score"] == test["max_score"] for test in asked)


def in_otter_format(course: Course, lab: Lab) -> nbformat.NotebookNode:
    """A lab as otter assign reads it: hidden tests, the solution filled in, no written answer."""
    config = "# ASSIGNMENT CONFIG\nexport_cell: false\ngenerate: true\nrun_tests: false"
    cells = [new_raw_cell(config)]
    waiting = None
    defined: list[str] = []
    for cell in instructor_notebook(course, lab).cells:
        mark = cell.metadata.get("nbgrader", {})
        if cell.cell_type != "code" or "%pip" in cell.source:
            continue
        if mark.get("solution"):
            lines = [line for line in cell.source.splitlines() if "###" not in line]
            waiting = "\n".join(lines)
        elif mark.get("grade"):
            about = f"# BEGIN QUESTION\nname: {mark['grade_id']}\npoints: {mark['points']}"
            cells += [new_raw_cell(about), new_raw_cell("# BEGIN SOLUTION")]
            cells += [new_code_cell(waiting), new_raw_cell("# END SOLUTION")]
            hidden = '""" # BEGIN TEST CONFIG\nhidden: true\n""" # END TEST CONFIG\n'
            tests = "\n".join([*defined, _QUIET, indent(cell.source, "    ")])
            cells += [new_raw_cell("# BEGIN TESTS"), new_code_cell(hidden + tests)]
            defined += definitions(cell.source)
            cells += [new_raw_cell("# END TESTS"), new_raw_cell("# END QUESTION")]
        else:
            cells.append(new_code_cell(cell.source))
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


def definitions(tests: str) -> list[str]:
    """What a later test may use of an earlier one: in otter each has names of its own."""
    kinds = (ast.Import, ast.ImportFrom, ast.FunctionDef)
    return [ast.unparse(part) for part in ast.parse(tests).body if isinstance(part, kinds)]


if __name__ == "__main__":
    sys.exit(main())
