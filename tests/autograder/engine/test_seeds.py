"""What a notebook draws at random is the same each time it is graded, and no one's hidden seed."""

from __future__ import annotations

import hashlib

import pytest

from autograder.engine.engine import Engine
from autograder.engine.supervision import derive_kernel_seed
from autograder.engine.wire.measurement import Measurement
from autograder.engine.wire.note import NoteKind
from tests.autograder.engine.judge import notebook

DRAWS = """
import random
import keras
import numpy as np
import tensorflow as tf
drawn = [
    random.random(),
    np.random.rand(),
    np.random.default_rng().random(),
    np.random.RandomState().rand(),
    float(tf.random.uniform(())),
    float(keras.random.uniform(())),
    float(keras.layers.Dense(1).build((1, 1)) or 0),
    keras.initializers.GlorotUniform()((2, 2)).numpy().tolist(),
    list(tf.data.Dataset.range(20).shuffle(20).as_numpy_iterator()),
    sorted({"weights", "bias", "kernel", "layer"}, key=hash),
]
"""
SHOW = ("print(drawn)\nimport numpy as np\nprint(np.random.rand())", 1)


def draw(engine: Engine, seed: int, before: str = "") -> list[str]:
    """What the cell's and the test cell's generators return."""
    made = notebook(before + DRAWS, SHOW)
    (question,) = (judged := engine.grade(made, made, seed)).questions
    assert question.score == 1, question.message
    return judged.notebook.cells[1].outputs[0].text.splitlines()


@pytest.mark.slow
def test_random_numbers_repeat(engine: Engine) -> None:
    seed = 1 << 100
    first, again, other = draw(engine, seed), draw(engine, seed), draw(engine, seed + 1)
    assert first == again
    assert first[0] != other[0] and first[1] != other[1]
    # A seed that the student sets replaces ours.
    own = "import keras; keras.utils.set_random_seed(3)\n"
    mine, theirs = draw(engine, seed, own), draw(engine, seed + 1, own)
    assert mine[0].split(", ")[:2] == theirs[0].split(", ")[:2]


def test_kernel_seed_does_not_hold_the_hidden_one() -> None:
    seeds = {derive_kernel_seed(seed) for seed in range(1000)}
    assert len(seeds) == 1000 and max(seeds) < 2**32
    assert derive_kernel_seed(5) == int(hashlib.sha256(b"kernel 5").hexdigest()[:8], 16)


COMPARE = """
import numpy as np
from course_lib.testing import at_least, hidden_seed, near
drawn = np.random.default_rng(hidden_seed()).uniform()
near(double(drawn), 2 * drawn, "`double(x)`")
at_least(accuracy, 0.75, "The accuracy", sd=0.125)
"""


@pytest.mark.slow
def test_comparisons_are_recorded_and_close_marks_noted(engine: Engine) -> None:
    made = notebook("accuracy = 0.875\ndef double(x): return 2 * x", (COMPARE, 2))
    judged = engine.grade(made, made, 5, more_seeds=range(20))
    (question,) = judged.questions
    assert question.score == 2, question.message
    exact, accuracy = judged.measurements["q1"]
    assert exact == Measurement("`double(x)`", 0.0, 1.0, 0.0)
    assert accuracy == Measurement("The accuracy", 0.875, 0.75, 0.125)
    assert [note.text for note in judged.notes if note.kind is NoteKind.CLOSE] == [
        "q1 was close: The accuracy is 0.875; the threshold is 0.75"
    ]
    assert [(one.seed, one.score) for one in judged.rejudged] == [(s, 2.0) for s in range(20)]


@pytest.mark.slow
def test_luck_is_found_by_further_seeds(engine: Engine) -> None:
    lucky = "accuracy = 1\ndef double(x): return 2 * x if x < 0.5 else 1"
    made = notebook(lucky, (COMPARE, 2))
    judged = engine.grade(made, made, 5, more_seeds=range(40))
    scores = {one.score for one in judged.rejudged}
    assert scores == {0.0, 2.0}
    failed = [one.message for one in judged.rejudged if not one.score]
    assert all("`double(x)` returned 1; expected" in message for message in failed)
    assert not [note for note in judged.notes if note.kind is NoteKind.CLOSE]
