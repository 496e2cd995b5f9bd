"""Grade a class: our engine against stock nbgrader, both on the same class in the same run.

    python benchmarks/grading.py [--quick] [--lab LAB]

The class submits a light notebook (NumPy functions and one small Keras model) or, with `--lab`, the
solution of a lab of this course. Prints submissions per hour and their ratio, the CPU time above
the notebook's own, and memory.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from autograder import Course
from autograder.authoring.instructor_notebook import make_instructor_notebook
from autograder.course.course import Lab
from figure import Figure, report
from graded_run import GradedRun, make_grade_command, run_command
from light_course import make_measured_course, name_lab, submit_solutions

os.environ["PATH"] = os.path.dirname(sys.executable) + os.pathsep + os.environ["PATH"]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="smaller classes")
    parser.add_argument("--lab", help="a lab of this course instead of the light notebook")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        course, lab = make_measured_course(Path(folder) / "course", options.lab)
        small, large = (4, 12) if options.lab else (10, 20 if options.quick else 200)
        _measure(course, lab, small, large, stock=1 if options.quick else 4)


def _measure(course: Course, lab: Lab, small: int, large: int, stock: int) -> None:
    half = large // 2
    alone, start = (_grade(course, lab, size, workers) for size, workers in ((half, 1), (small, 2)))
    # The machine's speed varies: run the bare cells before the class and after it.
    before = _run_bare_cells(course, lab)
    whole = _grade(course, lab, large, 2)
    after = _run_bare_cells(course, lab)
    bare_wall, bare_cpu = map(statistics.fmean, zip(before, after, strict=True))
    nbgrader_per_hour = 3600 * stock / _grade_with_nbgrader(course, lab, stock)
    print(f"\n{lab.name}, {os.cpu_count()} cores, class of {large}")
    _report_rate(lab, half, 1, alone, nbgrader_per_hour)
    _report_rate(lab, large, 2, whole, nbgrader_per_hour)
    cpu = (whole.cpu - start.cpu) / (large - small)
    if bare_cpu < 1:
        overhead = Figure(
            "CPU time of the grader, per submission", cpu - bare_cpu, "s", at_most=0.5
        )
    else:  # two trainings differ by more than the grader's own time, so a difference says nothing
        overhead = Figure("CPU time, relative to the notebook itself", cpu / bare_cpu, "times")
    for figure in (
        Figure("time until the first submission is in the gradebook", start.done[0], "s"),
        Figure("CPU time of the notebook itself", bare_cpu, "s"),
        overhead,
        Figure(
            "time relative to the same cells in a warm process, two at once",
            2 * whole.each / bare_wall,
            "times",
            at_most=1.5,
        ),
        Figure("peak memory of all processes", whole.peak_mb, "MiB"),
    ):
        report(replace(figure, data=f"{name_lab(lab)}, class of {large}"))


def _grade(course: Course, lab: Lab, size: int, workers: int) -> GradedRun:
    submit_solutions(course, lab, size)
    command = make_grade_command(course, lab, "--force", "--workers", str(workers))
    run = run_command(course, command)
    print(f"ours, class of {size}, workers {workers}: {run.wall:.1f} s", flush=True)
    return run


def _grade_with_nbgrader(course: Course, lab: Lab, size: int) -> float:
    """Grade a class with `nbgrader autograde`; return the seconds that it took."""
    submit_solutions(course, lab, size)
    shutil.rmtree(course.autograded_dir)
    run = run_command(course, [sys.executable, "-m", "nbgrader", "autograde", lab.name])
    print(f"stock nbgrader, class of {size}: {run.wall:.1f} s", flush=True)
    return run.wall


def _report_rate(lab: Lab, size: int, workers: int, run: GradedRun, nbgrader: float) -> None:
    per_hour = 3600 * size / run.wall
    report(
        Figure(
            f"submissions per hour, {workers} worker{'s' * (workers > 1)}, start-up included",
            per_hour,
            peer=nbgrader,
            against="nbgrader autograde",
            ratio=per_hour / nbgrader,
            at_least=12 if workers == 2 else None,
            data=f"{name_lab(lab)}, class of {size}",
        )
    )


def _run_bare_cells(course: Course, lab: Lab) -> tuple[float, float]:
    """Return the wall and CPU time of the notebook's cells in a process with all imports done.

    Two such processes run at once, as there are two workers: cores on one chip slow each other
    down. They use IPython, so that figures are drawn, and count the best of three runs after one
    that warms up.
    """
    notebook = make_instructor_notebook(course, lab)
    cells = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    program = (
        "import json, os, sys, time\n"
        "import keras, numpy, tensorflow, course_lib\n"
        "from IPython.core.interactiveshell import InteractiveShell\n"
        "from IPython.core.pylabtools import select_figure_formats\n"
        "cells = json.load(sys.stdin)\n"
        "out, sys.stdout = sys.stdout, open(os.devnull, 'w')\n"
        "shell = InteractiveShell.instance()\n"
        "select_figure_formats(shell, {'png'})\n"
        "times = []\n"
        "for _ in range(4):\n"
        "    shell.reset()\n"
        "    wall, cpu = time.perf_counter(), time.process_time()\n"
        "    for cell in cells:\n"
        "        shell.run_cell(cell, store_history=False).raise_error()\n"
        "    times.append((time.perf_counter() - wall, time.process_time() - cpu))\n"
        "print(*min(times[1:]), file=out)\n"
    )
    threads = {"OMP_NUM_THREADS": "1", "TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"}
    sources = json.dumps([source for source in cells if "%pip" not in source])
    environment = {**os.environ, **threads, "MPLBACKEND": "agg", "TF_CPP_MIN_LOG_LEVEL": "3"}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    command = [sys.executable, "-c", program]
    both = [subprocess.Popen(command, env=environment, text=True, **pipes) for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        times = [
            list(map(float, out.split()))
            for out, _ in pool.map(lambda p: p.communicate(sources), both)
        ]
    wall, cpu = map(statistics.fmean, zip(*times, strict=True))
    return wall, cpu


if __name__ == "__main__":
    main()
