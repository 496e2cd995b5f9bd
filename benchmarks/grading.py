"""Grading a class: our engine against stock nbgrader, both on the same class in the same run.

    python benchmarks/grading.py [--quick] [--lab LAB]

The class hands in a light notebook (NumPy functions and one small Keras model), or with `--lab`
the solution of a lab of this course. Prints submissions per hour and their ratio, the processor
time above the student's own, and memory.
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

import nbformat

from autograder.authoring.build import build
from autograder.authoring.new_course import new_course
from autograder.authoring.source import instructor_notebook
from autograder.course.course import Course, Lab
from autograder.notebooks import forms
from figure import Figure, report
from graded_run import Run, grade_command, run

os.environ["PATH"] = os.path.dirname(sys.executable) + os.pathsep + os.environ["PATH"]

_COURSE = """\
[course]
name = "A light notebook"
repository = "https://example.org/light"
[labs.01_light.points]
neuron = 1
softmax = 2
model = 2
"""
_SOURCE = """\
# %%
import os
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import keras
import numpy as np

# %% solution="neuron"
def neuron(x, w, b):
    ### BEGIN SOLUTION
    return x @ w + b
    ### END SOLUTION

# %% tests="neuron"
import numpy as np
assert np.isclose(neuron(np.ones(3), np.ones(3), 1.0), 4.0), "did you add the bias?"

# %% solution="softmax"
def softmax(z):
    ### BEGIN SOLUTION
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)
    ### END SOLUTION

# %% tests="softmax"
assert np.allclose(softmax(np.random.normal(size=(20, 5))).sum(axis=-1), 1.0), "rows sum to 1"

# %% solution="model"
### BEGIN SOLUTION
hidden, out = keras.layers.Dense(16, "relu"), keras.layers.Dense(3)
model = keras.Sequential([keras.Input((20,)), hidden, out])
model(np.zeros((1, 20)))
### END SOLUTION

# %% tests="model"
assert model.count_params() == 20 * 16 + 16 + 16 * 3 + 3, "a bias for each unit?"
assert model(np.zeros((4, 20))).shape == (4, 3), "three outputs"
"""
_CONFIG = """\
c = get_config()
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "labs"
c.CourseDirectory.ignore = ["[0-9][0-9]_*.py", "wrong_answers.toml"]
c.Execute.timeout = 300
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="smaller classes")
    parser.add_argument("--lab", help="a lab of this course in place of the light notebook")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        root = Path(folder) / "course"
        course, lab = measured_lab(root, options.lab)
        small, large = (4, 12) if options.lab else (10, 20 if options.quick else 200)
        _measure(course, lab, small, large, stock=1 if options.quick else 4)


def _measure(course: Course, lab: Lab, small: int, large: int, stock: int) -> None:
    half = large // 2
    alone, start = (_ours(course, lab, size, workers) for size, workers in ((half, 1), (small, 2)))
    # The machine is not always as fast: the same cells before the class and after it.
    before, whole, after = _bare(course, lab), _ours(course, lab, large, 2), _bare(course, lab)
    bare_wall, bare_cpu = map(statistics.fmean, zip(before, after, strict=True))
    hand_in_solutions(course, lab, stock)
    shutil.rmtree(course.autograded_dir)
    theirs = run(course, [sys.executable, "-m", "nbgrader", "autograde", lab.name])
    print(f"stock nbgrader, class of {stock}: {theirs.wall:.1f} s", flush=True)

    cpu = (whole.cpu - start.cpu) / (large - small)
    if bare_cpu < 1:
        overhead = Figure("processor time above it, a submission", cpu - bare_cpu, "s", at_most=0.5)
    else:  # two trainings differ by more than what the grader takes, so a difference says nothing
        overhead = Figure("processor time against the notebook's own", cpu / bare_cpu, "times")
    print(f"\n{lab.name}, {os.cpu_count()} cores, class of {large}")
    alone_per_hour, per_hour, stock_per_hour = (
        3600 * size / took.wall for size, took in ((half, alone), (large, whole), (stock, theirs))
    )
    nbgrader = {"peer": stock_per_hour, "against": "nbgrader autograde"}
    report(
        Figure(
            "submissions an hour, 1 worker, start included",
            alone_per_hour,
            **nbgrader,
            ratio=alone_per_hour / stock_per_hour,
            data=f"{title(lab)}, class of {half}",
        )
    )
    for figure in (
        Figure(
            "submissions an hour, 2 workers, start included",
            per_hour,
            **nbgrader,
            ratio=per_hour / stock_per_hour,
            at_least=12,
        ),
        Figure("until the first is in the gradebook", start.done[0], "s"),
        Figure("the notebook's own processor time", bare_cpu, "s"),
        overhead,
        Figure(
            "time against the same cells in a warm process, two at once",
            2 * whole.each / bare_wall,
            "times",
            at_most=1.5,
        ),
        Figure("memory of all processes at the peak", whole.peak_mb, "MiB"),
    ):
        report(replace(figure, data=f"{title(lab)}, class of {large}"))


def _ours(course: Course, lab: Lab, size: int, workers: int) -> Run:
    hand_in_solutions(course, lab, size)
    took = run(course, grade_command(course, lab, "--force", "--workers", str(workers)))
    print(f"ours, class of {size}, workers {workers}: {took.wall:.1f} s", flush=True)
    return took


def measured_lab(root: Path, name: str | None) -> tuple[Course, Lab]:
    """A lab of this course, or the light one; in a course of its own in a new folder."""
    if name is None:
        course = light_course(root)
        return course, course.labs()[0]
    course = new_course(Course.find(), root)
    return course, course.lab(name)


def title(lab: Lab) -> str:
    """What the figures call it."""
    return "light notebook" if lab.name == "01_light" else f"Lab {lab.name[:2]}"


def light_course(root: Path) -> Course:
    """A course of one light lab, in a new folder."""
    (root / "solutions" / "01_light").mkdir(parents=True)
    (root / "solutions" / "01_light" / "01_light.py").write_text(_SOURCE)
    (root / "course.toml").write_text(_COURSE)
    (root / "nbgrader_config.py").write_text(_CONFIG)
    course = Course(root)
    build(course, course.labs()[0])
    return course


def hand_in_solutions(course: Course, lab: Lab, size: int) -> None:
    """A class of so many, all with the solution."""
    shutil.rmtree(course.submitted_dir, ignore_errors=True)
    solved = forms.solved(instructor_notebook(course, lab))
    for number in range(size):
        folder = course.submitted_dir / f"student-{number:04d}" / lab.name
        folder.mkdir(parents=True)
        nbformat.write(solved, folder / lab.notebook)


def _bare(course: Course, lab: Lab) -> tuple[float, float]:
    """Wall and processor time of the notebook's cells in a process that has imported already.

    Two such processes at once, as there are two workers: cores that share a chip slow each other
    down. In IPython, so that images are drawn; the best of three times, after one that warms up.
    """
    cells = [c.source for c in instructor_notebook(course, lab).cells if c.cell_type == "code"]
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
    given = json.dumps([source for source in cells if "%pip" not in source])
    environment = {**os.environ, **threads, "MPLBACKEND": "agg", "TF_CPP_MIN_LOG_LEVEL": "3"}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    command = [sys.executable, "-c", program]
    both = [subprocess.Popen(command, env=environment, text=True, **pipes) for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        times = [
            list(map(float, out.split()))
            for out, _ in pool.map(lambda p: p.communicate(given), both)
        ]
    wall, cpu = map(statistics.fmean, zip(*times, strict=True))
    return wall, cpu


if __name__ == "__main__":
    main()
