"""Attention, positions, and the blocks of the Transformer."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from course_lib.blocks import (
    TokenEmbedding,
    attention,
    sinusoidal_encoding,
    transformer_decoder_block,
    transformer_encoder_block,
)


def test_attention_is_one_head_of_keras():
    rng = np.random.default_rng(0)
    queries, keys = rng.normal(size=(2, 3, 5, 4)).astype("float32")
    values = rng.normal(size=(3, 5, 2)).astype("float32")
    mask = np.tril(np.ones((5, 5), bool))
    outputs, weights = attention(queries, keys, values, mask)
    expected = keras.ops.dot_product_attention(
        *(x[:, :, None] for x in (queries, keys, values)), mask=mask[None, None]
    )
    np.testing.assert_allclose(outputs, expected[:, :, 0], atol=1e-5)
    np.testing.assert_allclose(np.sum(weights, axis=-1), 1, atol=1e-5)
    assert np.all(np.asarray(weights)[:, ~mask] == 0)


def test_a_query_that_may_look_nowhere_gets_nothing():
    ones = np.ones((2, 3), "float32")
    outputs, weights = attention(ones, ones, ones, np.array([[True, False], [False, False]]))
    np.testing.assert_array_equal(weights, [[1, 0], [0, 0]])
    np.testing.assert_array_equal(outputs, [[1, 1, 1], [0, 0, 0]])


def test_a_step_is_the_same_rotation_everywhere():
    table = sinusoidal_encoding(50, 12)
    products = np.array([table[p] @ table[p + 7] for p in range(43)])
    np.testing.assert_allclose(products, products[0], rtol=1e-5)


def test_an_odd_width_is_explained():
    with pytest.raises(ValueError, match="width is 5; it should be even"):
        sinusoidal_encoding(3, 5)


def test_token_embedding_adds_positions_and_can_be_saved():
    layer = TokenEmbedding(9, 6)
    tokens = np.array([[3, 3, 4]])
    given = np.asarray(layer(tokens))
    step = np.diff(sinusoidal_encoding(2, 6), axis=0)[0]
    np.testing.assert_allclose(given[0, 1] - given[0, 0], step, atol=1e-5)
    twin = TokenEmbedding.from_config(layer.get_config())
    twin(tokens)
    twin.set_weights(layer.get_weights())
    np.testing.assert_allclose(twin(tokens), given)


@pytest.mark.parametrize("normalise", ["before", "after"])
def test_a_decoder_block_looks_neither_ahead_nor_at_padding(normalise):
    y, memory = keras.Input((None, 8)), keras.Input((None, 8))
    mask = keras.Input((None,), dtype="bool")
    block = transformer_decoder_block(2, 16, normalise)
    model = keras.Model([y, memory, mask], block(y, memory, mask))
    rng = np.random.default_rng(0)
    inputs, seen = rng.normal(size=(2, 1, 5, 8))
    is_real = np.array([[True, True, True, False, False]])
    given = np.asarray(model([inputs, seen, is_real]))
    later, padded = inputs.copy(), seen.copy()
    later[:, 3:] += 1
    padded[:, 3:] += 1
    np.testing.assert_allclose(model([later, seen, is_real])[:, :3], given[:, :3], atol=1e-5)
    np.testing.assert_allclose(model([inputs, padded, is_real]), given, atol=1e-5)
    assert (
        np.abs(np.asarray(model([inputs, seen + is_real[..., None], is_real])) - given).max() > 0.01
    )


def test_wrong_settings_are_explained():
    x = keras.Input((None, 9))
    with pytest.raises(ValueError, match="width 9 is not a multiple of heads=2"):
        transformer_encoder_block(2, 4)(x)
    with pytest.raises(ValueError, match="normalise='both'"):
        transformer_encoder_block(3, 4, normalise="both")(x)
