"""Lab 12: its functions agree with the library's; no network is trained here."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from course_lib.data import BytePairTokenizer
from course_lib.models import gpt
from tests.labs.answered import answered

LAB = "12_language_models"
QUESTIONS = ("byte_pairs", "gpt", "training", "lora")


@pytest.fixture(scope="module")
def lab():
    """The answers of some questions, without the trainings at their ends."""
    names = {"__name__": "__main__", "keras": keras, "ops": keras.ops, "np": np}
    for source, question, tests in answered(LAB, {}):
        if question in QUESTIONS and not tests:
            functions = source.split("\n### BEGIN SOLUTION\n")[0]
            exec(compile(functions, question, "exec"), names)
    return names


@pytest.mark.parametrize("word", ["lowlowerlowest", "aaaaaaaab", "ababcababc"])
def test_merges_are_those_of_the_tokenizer(lab, word):
    merges = BytePairTokenizer(word, 264).merges
    assert lab["learn_merges"](word.encode(), 8) == merges
    assert lab["encode"](word.encode(), merges) == BytePairTokenizer(word, 264).encode(word)


def test_models_of_the_lab_and_of_the_library_have_as_many_weights(lab):
    sizes = dict(size=20, longest=9, width=8, blocks=2)
    both = [build(**sizes, heads=2).count_params() for build in (lab["build_gpt"], gpt)]
    assert both == [lab["count_parameters"](**sizes)] * 2


def test_the_loss_is_that_of_the_training(lab):
    rng = np.random.default_rng(0)
    targets, logits = rng.integers(-1, 4, (5, 6)), rng.normal(size=(5, 6, 4)).astype("float32")
    by_keras = keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=-1)
    assert float(lab["next_token_loss"](targets, logits)) == pytest.approx(
        float(by_keras(targets, logits)), rel=1e-4
    )


def test_gradients_are_those_of_the_outputs(lab):
    rng = np.random.default_rng(0)
    x, error, kernel = (rng.normal(size=shape) for shape in ((3, 5), (3, 4), (5, 4)))
    a, b, step = rng.normal(size=(5, 2)), rng.normal(size=(2, 4)), 1e-5

    def loss(a, b):
        return np.sum(error * lab["lora_dense"](x, kernel, 0, a, b, 6.0))

    for place, part in ((0, a), (1, b)):
        given = lab["lora_gradients"](x, error, a, b, 6.0)[place]
        change = np.zeros_like(part)
        change[1, 1] = step
        moved = [loss(a + change, b) if place == 0 else loss(a, b + change)]
        assert given[1, 1] == pytest.approx((moved[0] - loss(a, b)) / step, rel=1e-3)
