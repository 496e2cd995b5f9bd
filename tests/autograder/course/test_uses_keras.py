"""Labs without Keras are told from the others by what their files import."""

from __future__ import annotations

import json

import pytest

from autograder.course.course import Course
from autograder.course.uses_keras import uses_keras
from tests.autograder.tiny_course import LAB


def test_a_lab_in_numpy_needs_no_keras(course: Course) -> None:
    assert not uses_keras(course, course.lab(LAB))


@pytest.mark.parametrize(
    ("line", "is_found"),
    [
        ("import tensorflow as tf", True),
        ("from keras import layers", True),
        ("    import numpy as np, keras", True),
        ("from course_lib.testing import hidden_seed", False),
        ("from course_lib import data", True),
        ("from course_lib.models import gpt", True),
        ("course_lib.data.load('digits')", True),
        ("import course_lib", False),
        ("from sklearn.datasets import load_digits", True),
        ("%pip install keras-course-labs", False),
        ("name = 'keras'", False),
        ("import pandas as pd", False),
    ],
)
@pytest.mark.parametrize("name", ["helpers.py", "other.ipynb"])
def test_imports_beside_the_notebook_count(
    course: Course, name: str, line: str, is_found: bool
) -> None:
    folder = course.source_dir / LAB / "tools"
    folder.mkdir()
    source = f"import os\n{line}\nprint()\n"
    text = json.dumps({"source": source}) if name.endswith(".ipynb") else source
    (folder / name).write_text(text)
    assert uses_keras(course, course.lab(LAB)) == is_found


def test_what_students_submit_does_not_count(course: Course) -> None:
    folder = course.submitted_dir / "ada" / LAB
    folder.mkdir(parents=True)
    (folder / "mine.py").write_text("import keras\n")
    assert not uses_keras(course, course.lab(LAB))
