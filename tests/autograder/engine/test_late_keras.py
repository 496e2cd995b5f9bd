"""An engine that did not import Keras grades a notebook that does, with the same marks."""

from __future__ import annotations

import pytest

from autograder.engine.engine import Engine
from tests.autograder.engine.judge import grade
from tests.redteam.lab import QUESTIONS, SOLUTION, source, submission

pytestmark = pytest.mark.slow


def test_keras_is_imported_when_a_cell_needs_it() -> None:
    with Engine(uses_keras=False) as engine:
        graded = engine.grade(submission(SOLUTION), source(), seed=7)
    assert {q.grade_id: q.score for q in graded.questions} == dict.fromkeys(QUESTIONS, 1.0)


@pytest.mark.parametrize("library", ["tensorflow as tf", "keras, tensorflow as tf"])
def test_random_numbers_of_a_late_import_are_the_same_each_time(library: str) -> None:
    answer = f"import {library}\ndrawn = tf.random.normal((2,)).numpy().tolist()"
    with Engine(uses_keras=False) as engine:
        said = [grade(engine, answer, ("assert False, drawn", 1)).questions[0] for _ in range(2)]
    assert said[0].message == said[1].message != ""
