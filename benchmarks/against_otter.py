"""Grade a class: our engine against otter-grader, with the same questions in otter's format.

    python benchmarks/against_otter.py [--quick] [--lab LAB]

otter is installed into its own environment, which borrows this one's TensorFlow. `otter grade`
needs Docker. This script measures `otter run`, which `otter grade` calls in each container and
which works without Docker: one submission after the other, as an instructor's script would call it.
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

from autograder import Course
from autograder.authoring.instructor_notebook import make_instructor_notebook
from autograder.course.course import Lab
from figure import Figure, report
from graded_run import make_grade_command, run_command
from light_course import make_measured_course, name_lab, submit_solutions

# A test of otter fails if it prints something that its author's notebook did not print.
_QUIET = "import contextlib, io\nwith contextlib.redirect_stdout(io.StringIO()):"


def main() -> None:
    """Measure and print; without a package index, print that otter is left out."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="smaller classes")
    parser.add_argument("--lab", help="a lab of this course instead of the light notebook")
    options = parser.parse_args()
    size, theirs = (10, 1) if options.quick else (4, 1) if options.lab else (100, 4)
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        folder = Path(name)
        course, lab = make_measured_course(folder / "course", options.lab)
        submit_solutions(course, lab, size)
        otter = install(folder / "otter")
        if otter is None:
            print("  otter-grader is left out: it cannot be installed here")
            return
        otter_per_hour = 3600 / measure_otter(otter, course, lab, folder, theirs)
        for workers in (1, 2):
            command = make_grade_command(course, lab, "--force", "--workers", str(workers))
            per_hour = 3600 * size / run_command(course, command).wall
            report(
                Figure(
                    f"submissions per hour, {workers} worker{'s' * (workers > 1)}",
                    per_hour,
                    peer=otter_per_hour,
                    against="otter run",
                    ratio=per_hour / otter_per_hour,
                    at_least=12 if workers == 2 else None,
                    data=f"{name_lab(lab)}, class of {size}",
                )
            )


def install(folder: Path) -> Path | None:
    """Install otter into an environment that sees this one's packages; None if that fails."""
    venv.create(folder, with_pip=True)
    packages = next(folder.glob("lib/*/site-packages"))
    # As a site folder, not only on the path: course_lib may be installed there as a link.
    this = sysconfig.get_path("purelib")
    (packages / "this.pth").write_text(f"import site; site.addsitedir({this!r})")
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "otter-grader"]
    done = subprocess.run(pip, capture_output=True, text=True)
    return folder / "bin" / "otter" if done.returncode == 0 else None


def measure_otter(otter: Path, course: Course, lab: Lab, folder: Path, size: int) -> float:
    """Return the seconds per submission; every submission is the solution.

    Raises:
        RuntimeError: The solution does not get full marks, so the time means nothing.
    """
    source = folder / lab.notebook
    nbformat.write(convert_to_otter(course, lab), source)
    assign = [str(otter), "assign", str(source), str(folder / "dist")]
    subprocess.run(assign, check=True, capture_output=True, cwd=folder)
    made = folder / "dist" / "autograder"
    (folder / "out").mkdir()
    zipped = str(next(made.glob("*.zip")))
    command = [str(otter), "run", "-a", zipped, "-o", str(folder / "out"), str(made / lab.notebook)]
    began = time.monotonic()
    for _ in range(size):
        done = subprocess.run(command, capture_output=True, text=True, cwd=folder)
        if done.returncode or not has_full_marks(folder / "out" / "results.json"):
            raise RuntimeError(f"otter did not give full marks:\n{done.stdout}\n{done.stderr}")
    return (time.monotonic() - began) / size


def has_full_marks(results: Path) -> bool:
    """Whether otter's result gives all points of every question."""
    tests = json.loads(results.read_text("utf-8"))["tests"]
    asked = [test for test in tests if test.get("max_score")]
    return bool(asked) and all(test["score"] == test["max_score"] for test in asked)


def convert_to_otter(course: Course, lab: Lab) -> nbformat.NotebookNode:
    """Return a lab in the format of otter assign: solved, tests hidden, no written answers."""
    config = "# ASSIGNMENT CONFIG\nexport_cell: false\ngenerate: true\nrun_tests: false"
    cells = [new_raw_cell(config)]
    waiting = None
    defined: list[str] = []
    for cell in make_instructor_notebook(course, lab).cells:
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
            defined += find_definitions(cell.source)
            cells += [new_raw_cell("# END TESTS"), new_raw_cell("# END QUESTION")]
        else:
            cells.append(new_code_cell(cell.source))
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


def find_definitions(tests: str) -> list[str]:
    """Return the imports and functions that a later test may use: otter's tests share no names."""
    kinds = (ast.Import, ast.ImportFrom, ast.FunctionDef)
    return [ast.unparse(part) for part in ast.parse(tests).body if isinstance(part, kinds)]


if __name__ == "__main__":
    sys.exit(main())
