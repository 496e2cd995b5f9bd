"""Low-rank adaptation of a whole model."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from course_lib.models import bert
from course_lib.transfer import add_lora


def test_outputs_stay_and_only_the_new_matrices_are_trained():
    keras.utils.set_random_seed(0)
    encoder, _ = bert(20, 9, width=8, heads=2, blocks=2)
    tokens = np.random.default_rng(0).integers(1, 20, (12, 6))
    before, given = [np.copy(w) for w in encoder.get_weights()], np.asarray(encoder(tokens))
    add_lora(encoder, rank=2)
    np.testing.assert_allclose(encoder(tokens), given, atol=1e-6)
    assert {w.name for w in encoder.trainable_weights} == {"lora_kernel_a", "lora_kernel_b"}
    encoder.compile("adam", "mse")
    encoder.fit(tokens, np.zeros_like(given), epochs=2, verbose=0)
    assert np.abs(np.asarray(encoder(tokens)) - given).max() > 1e-4
    frozen = [np.asarray(w) for w in encoder.weights if not w.trainable]
    assert len(frozen) == len(before)
    for weight in before:
        assert any(w.shape == weight.shape and np.array_equal(w, weight) for w in frozen)


def test_what_cannot_be_adapted_is_an_error():
    with pytest.raises(ValueError, match="rank is 0"):
        add_lora(bert(20, 9, 8, 2, 1)[0], rank=0)
    with pytest.raises(ValueError, match="no Dense or EinsumDense"):
        add_lora(keras.Sequential([keras.Input((3,)), keras.layers.ReLU()]))
