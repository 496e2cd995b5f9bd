"""A real course, small enough for a test: three coded questions, a written one, no TensorFlow."""

from __future__ import annotations

from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.authoring.build import build
from autograder.authoring.instructor_notebook import make_instructor_notebook
from autograder.authoring.other_answers import apply_answer, read_wrong_answers
from autograder.course.course import Course
from autograder.course.submissions import Submission
from autograder.gradebook.gradebook import CourseGradebook
from autograder.notebooks.forms import release_notebook, solve_notebook

LAB = "01_neuron"

COURSE_TOML = """\
[course]
name = "Neurons by hand"
repository = "https://github.com/example/neurons"
branch = "main"

[limits]
seconds = 60
cell_seconds = 20
memory_mb = 2048

[labs.01_neuron]
title = "One neuron, then a row of them"
due = 2027-02-05T23:59:00Z

[labs.01_neuron.points]
neuron = 2
softmax = 3
predict = 1
curves = 4
"""

NBGRADER_CONFIG = """\
c = get_config()
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "labs"
c.CourseDirectory.ignore = [".ipynb_checkpoints", "[0-9][0-9]_*.py", "wrong_answers.toml"]
"""

SOURCE = '''\
# %% [markdown]
# # One neuron, then a row of them

# %%
import numpy as np

# %% [markdown]
# ## A weighted sum plus bias

# %% solution="neuron"
def neuron(x, w, b):
    """The neuron's weighted sum."""
    ### BEGIN SOLUTION
    return np.dot(x, w) + b
    ### END SOLUTION

# %% tests="neuron"
import numpy as np

got = neuron(np.array([1.0, 2.0]), np.array([3.0, 4.0]), 0.0)
assert np.isclose(got, 11.0), f"neuron([1, 2], [3, 4], 0) should be 11, not {got}"
### BEGIN HIDDEN TESTS
got = neuron(np.array([1.0]), np.array([2.0]), 5.0)
assert np.isclose(got, 7.0), f"did you forget to add the bias? 1·2 + 5 is 7, not {got:g}"
### END HIDDEN TESTS

# %% solution="softmax"
def softmax(logits):
    """Probabilities, a row a sample."""
    ### BEGIN SOLUTION
    e = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)
    ### END SOLUTION

# %% tests="softmax"
import numpy as np

rows = softmax(np.array([[1.0, 2.0, 3.0], [0.0, 0.0, 0.0]])).sum(axis=-1)
assert np.allclose(rows, 1.0), f"your rows do not sum to 1 but to {rows.round(3).tolist()}"
### BEGIN HIDDEN TESTS
large = softmax(np.array([[1000.0, 0.0]]))
assert np.isfinite(large).all(), "softmax overflows: subtract the row's largest logit first"
### END HIDDEN TESTS

# %% solution="predict"
def predict(logits):
    """The class of each row."""
    ### BEGIN SOLUTION
    return softmax(logits).argmax(axis=-1)
    ### END SOLUTION

# %% tests="predict"
import numpy as np

classes = predict(np.array([[0.0, 5.0, 1.0], [9.0, 0.0, 0.0]]))
### BEGIN HIDDEN TESTS
assert list(classes) == [1, 0], f"each row's largest logit names its class, not {list(classes)}"
### END HIDDEN TESTS

# %% [markdown]
# What do the curves say about overfitting?

# %% [markdown] written="curves"
# ### BEGIN SOLUTION
# Training loss falls, validation loss rises: the model learns the training set by heart.
# ### END SOLUTION
'''

WRONG_ANSWERS = """\
[no_bias]
mistake = "the bias is left out"
marks = { neuron = 0 }
says = { neuron = "forget to add the bias" }
[no_bias.replace]
neuron = [["np.dot(x, w) + b", "np.dot(x, w)"]]

[softmax_over_the_batch]
mistake = "softmax normalises over axis 0"
marks = { softmax = 0 }
says = { softmax = "do not sum to 1" }
[softmax_over_the_batch.replace]
softmax = [["e.sum(axis=-1, keepdims=True)", "e.sum(axis=0, keepdims=True)"]]
"""


def make_course(path: Path) -> Course:
    """Write the course into the folder `path`, build its notebooks, register its lab."""
    (path / "solutions" / LAB).mkdir(parents=True)
    (path / "course.toml").write_text(COURSE_TOML, encoding="utf-8")
    (path / "nbgrader_config.py").write_text(NBGRADER_CONFIG, encoding="utf-8")
    (path / "solutions" / LAB / f"{LAB}.py").write_text(SOURCE, encoding="utf-8")
    (path / "solutions" / LAB / "wrong_answers.toml").write_text(WRONG_ANSWERS, encoding="utf-8")
    course = Course(path)
    build(course, course.lab(LAB))
    CourseGradebook(course).register(course.lab(LAB))
    return course


def submit(course: Course, student: str, content: NotebookNode | str | bytes) -> Submission:
    """Put a notebook, or a file with any content in its place, into `submitted/`."""
    folder = course.submitted_dir / student / LAB
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{LAB}.ipynb"
    if isinstance(content, NotebookNode):
        nbformat.write(content, path)
    else:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return Submission(student, LAB, folder)


def stub(course: Course) -> NotebookNode:
    """The notebook as released."""
    return release_notebook(make_instructor_notebook(course, course.lab(LAB)))


def solved(course: Course) -> NotebookNode:
    """The notebook of a perfect student."""
    return solve_notebook(make_instructor_notebook(course, course.lab(LAB)))


def mistaken(course: Course, name: str) -> NotebookNode:
    """The notebook with the mistake `name` of `wrong_answers.toml`."""
    lab = course.lab(LAB)
    wrong = next(wrong for wrong in read_wrong_answers(course, lab) if wrong.name == name)
    return apply_answer(make_instructor_notebook(course, lab), wrong)
