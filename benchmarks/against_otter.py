"""Grading a class: our engine against otter-grader, the same questions in otter's own format.

    python benchmarks/against_otter.py [--quick]

otter is installed into an environment of its own that borrows this one's TensorFlow. `otter
grade` needs Docker; `otter run`, what it calls in each container, does without and is measured
here, one submission after the other, as a script of an instructor would call it.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import sysconfig
import tempfile
import time
import venv
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_notebook, new_raw_cell

from autograder.course import Course
from autograder.notebooks.source import instructor_notebook
from figure import Figure, report
from grading import hand_in_solutions, light_course
from killed_runs import grade_command


def main() -> None:
    """Measure and print; without a package index, say that otter is left out."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="smaller classes")
    ours, theirs = (10, 1) if parser.parse_args().quick else (100, 4)
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        folder = Path(name)
        course = light_course(folder / "course")
        hand_in_solutions(course, course.labs()[0], ours)
        otter = install(folder / "otter")
        if otter is None:
            print("  otter-grader is left out: it can't be installed here")
            return
        began = time.monotonic()
        subprocess.run([*grade_command(course), "--workers", "2"], check=True, capture_output=True)
        per_hour = 3600 * ours / (time.monotonic() - began)
        otter_per_hour = 3600 / seconds_of_otter(otter, course, folder, theirs)
    report(
        Figure(
            "submissions an hour, 2 workers, against otter",
            per_hour,
            peer=otter_per_hour,
            against="otter run",
            ratio=per_hour / otter_per_hour,
            at_least=12,
            data=f"light notebook, class of {ours}",
        )
    )


def install(folder: Path) -> Path | None:
    """otter's command in an environment that sees this one's packages; None when it fails."""
    venv.create(folder, with_pip=True)
    packages = next(folder.glob("lib/*/site-packages"))
    (packages / "this.pth").write_text(sysconfig.get_path("purelib"))
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "otter-grader"]
    done = subprocess.run(pip, capture_output=True, text=True)
    return folder / "bin" / "otter" if done.returncode == 0 else None


def seconds_of_otter(otter: Path, course: Course, folder: Path, size: int) -> float:
    """Seconds a submission, of notebooks that get full marks.

    Raises:
        RuntimeError: the solution does not get full marks: something else was measured.
    """
    nbformat.write(in_otter_format(course), folder / "light.ipynb")
    assign = [str(otter), "assign", str(folder / "light.ipynb"), str(folder / "dist")]
    subprocess.run(assign, check=True, capture_output=True, cwd=folder)
    made = folder / "dist" / "autograder"
    (folder / "out").mkdir()
    run = [str(otter), "run", "-a", str(next(made.glob("*.zip"))), "-o", str(folder / "out")]
    began = time.monotonic()
    for _ in range(size):
        done = subprocess.run(
            [*run, str(made / "light.ipynb")], capture_output=True, text=True, cwd=folder
        )
        if done.returncode or (folder / "out" / "results.json").read_text().count("passed!") < 6:
            raise RuntimeError(f"otter did not grade:\n{done.stdout}\n{done.stderr}")
    return (time.monotonic() - began) / size


def in_otter_format(course: Course) -> nbformat.NotebookNode:
    """The light lab as otter assign reads it: hidden tests, the solution filled in."""
    config = "# ASSIGNMENT CONFIG\nexport_cell: false\ngenerate: true\nrun_tests: false"
    cells = [new_raw_cell(config)]
    waiting = None
    for cell in instructor_notebook(course, course.labs()[0]).cells:
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
            cells += [new_raw_cell("# BEGIN TESTS"), new_code_cell(hidden + cell.source)]
            cells += [new_raw_cell("# END TESTS"), new_raw_cell("# END QUESTION")]
        else:
            cells.append(new_code_cell(cell.source))
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


if __name__ == "__main__":
    sys.exit(main())
