"""What benchmarks of grading measure: a course of one light lab, or a lab of this course."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat

from autograder import Course
from autograder.authoring.build import build
from autograder.authoring.create_course import create_course
from autograder.authoring.instructor_notebook import make_instructor_notebook
from autograder.course.course import Lab
from autograder.notebooks.forms import solve_notebook

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


def make_light_course(root: Path) -> Course:
    """Make a course of one light lab (NumPy functions and a small Keras model) in a new folder."""
    (root / "solutions" / "01_light").mkdir(parents=True)
    (root / "solutions" / "01_light" / "01_light.py").write_text(_SOURCE)
    (root / "course.toml").write_text(_COURSE)
    (root / "nbgrader_config.py").write_text(_CONFIG)
    course = Course(root)
    build(course, course.labs()[0])
    return course


def make_measured_course(root: Path, name: str | None) -> tuple[Course, Lab]:
    """Make a course in a new folder; return it with the light lab, or with this course's `name`."""
    if name is None:
        course = make_light_course(root)
        return course, course.labs()[0]
    course = create_course(Course.find(), root)
    return course, course.lab(name)


def name_lab(lab: Lab) -> str:
    """Return the name of a lab in figures."""
    return "light notebook" if lab.name == "01_light" else f"Lab {lab.name[:2]}"


def submit_solutions(course: Course, lab: Lab, size: int) -> None:
    """Replace all submissions by a class of `size` students who submit the solution."""
    shutil.rmtree(course.submitted_dir, ignore_errors=True)
    solution = solve_notebook(make_instructor_notebook(course, lab))
    for number in range(size):
        folder = course.submitted_dir / f"student-{number:04d}" / lab.name
        folder.mkdir(parents=True)
        nbformat.write(solution, folder / lab.notebook)
