"""An engine that did not import Keras grades a notebook that does, with the same marks."""

from __future__ import annotations

import pytest

from autograder.engine.engine import Engine
from tests.redteam.lab import QUESTIONS, SOLUTION, source, submission

pytestmark = pytest.mark.slow


def test_keras_is_imported_when_a_cell_needs_it() -> None:
    with Engine(uses_keras=False) as engine:
        graded = engine.grade(submission(SOLUTION), source(), seed=7)
    assert {q.grade_id: q.score for q in graded.questions} == dict.fromkeys(QUESTIONS, 1.0)
