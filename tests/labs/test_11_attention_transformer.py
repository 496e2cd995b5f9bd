"""Lab 11: its answers about the maps and the two networks hold; the trainings are the lab's own."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from course_lib.models import attention_weights, greedy_search
from tests.labs.answered import answered


@pytest.fixture(scope="module")
def lab():
    """The names of the solved lab, with the dates' Transformer trained and nothing else."""
    names = {"__name__": "__main__"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSE_PROFILE", "quick")
        for source, question, tests in answered("11_attention_transformer", {}):
            first = source.lstrip()
            needed = question in ("blocks", "transformer") or first.startswith(
                ("import os", "def train(", "(x_text, t_text)")
            )
            if needed and not tests:
                exec(compile(source.split("\nrecurrent =")[0], question or "cell", "exec"), names)
    return names


@pytest.mark.slow
def test_the_transformer_reads_new_dates_and_looks_at_the_month_while_it_writes_it(lab):
    model, written, iso = lab["transformer"], lab["written"], lab["iso"]
    found = iso.decode(greedy_search(model, lab["x_unseen"][:400], 11))
    right = np.array(found) == lab["new_iso"][:400]
    assert right.mean() >= 0.95
    for text in ("le 25 septembre 2031", "Thu, September 25, 2031"):
        source = written.encode([text], 27)
        tokens = np.concatenate([[[1]], greedy_search(model, source, 11)], axis=1)
        *_, cross = attention_weights(model, [source, tokens[:, :-1]])
        begin = text.lower().index("septemb")
        # The rows that write the two digits of the month, and the letters of its name.
        on_month = cross[0, :, 5:7, begin : begin + 9].sum(axis=-1)
        assert on_month.max() > 0.5


def test_the_loss_of_keras_is_the_masked_loss():
    names = {"__name__": "__main__", "keras": keras, "ops": keras.ops, "np": np}
    for source, question, tests in answered("11_attention_transformer", {}):
        if question == "tokens" and not tests:
            exec(compile(source, question, "exec"), names)
    rng = np.random.default_rng(0)
    targets, logits = rng.integers(0, 3, (5, 6)), rng.normal(size=(5, 6, 4)).astype("float32")
    by_keras = keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=0)
    assert float(names["masked_loss"](targets, logits)) == pytest.approx(
        float(by_keras(targets, logits)), rel=1e-4
    )
