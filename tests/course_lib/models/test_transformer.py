"""The Transformer, the pair of LSTMs, greedy search and attention weights."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from course_lib.models import attention_weights, greedy_search, seq2seq, transformer

BUILD = {
    "transformer": lambda: transformer(12, 11, width=8, heads=2, hidden=16),
    "seq2seq": lambda: seq2seq(12, 11, units=6, width=8),
}


@pytest.mark.parametrize("name", BUILD)
def test_padding_and_later_inputs_change_nothing(name):
    keras.utils.set_random_seed(0)
    model = BUILD[name]()
    source = np.array([[5, 6, 7], [8, 4, 0]])
    inputs = np.array([[1, 4, 5, 6], [1, 9, 3, 3]])
    given = np.asarray(model([source, inputs]))
    padded = np.pad(source, ((0, 0), (0, 2)))
    np.testing.assert_allclose(model([padded, inputs]), given, atol=1e-5)
    later = inputs.copy()
    later[:, 2:] = 7
    np.testing.assert_allclose(model([source, later])[:, :2], given[:, :2], atol=1e-5)


@pytest.mark.parametrize(
    ("width", "heads", "hidden", "published"), [(512, 8, 2048, 65e6), (1024, 16, 4096, 213e6)]
)
def test_published_numbers_of_weights(width, heads, hidden, published):
    # Table 3. One table of embeddings, for the 37,000 tokens of §5.1, is shared there.
    model = transformer(3, 3, width, heads, hidden, blocks=1, normalise="after")
    small = 2 * 3 * width + 3 * width + 3
    count = 6 * (model.count_params() - small) + 37_000 * width
    assert count == pytest.approx(published, rel=0.035)


def test_greedy_search_stops_at_the_end_token():
    table = np.full((5, 5), -1.0)
    table[1, 3] = table[3, 4] = table[4, 2] = table[2, 3] = 1
    source, inputs = (keras.Input((None,), dtype="int32") for _ in range(2))
    logits = keras.layers.Embedding(5, 5)(inputs) + 0 * keras.layers.Embedding(5, 5)(source)[:, :1]
    model = keras.Model([source, inputs], logits)
    model.set_weights([table, table])
    assert greedy_search(model, [[3]], length=5).tolist() == [[3, 4, 2, 0, 0]]


def test_attention_weights_are_those_of_the_layers():
    model = transformer(12, 11, width=8, heads=2, hidden=16, blocks=2)
    source, inputs = np.array([[5, 6, 0]]), np.array([[1, 4]])
    before = np.asarray(model([source, inputs]))
    found = attention_weights(model, [source, inputs])
    shapes = [w.shape[2:] for w in found]
    assert shapes == [(3, 3), (3, 3), (2, 2), (2, 3), (2, 2), (2, 3)]
    for weights in found:
        np.testing.assert_allclose(weights.sum(axis=-1), 1, atol=1e-5)
    assert np.all(found[0][..., 2] == 0) and np.all(found[2][0, :, 0, 1] == 0)
    np.testing.assert_allclose(model([source, inputs]), before, atol=1e-6)


def test_a_model_without_attention_is_explained():
    with pytest.raises(ValueError, match="no keras.layers.MultiHeadAttention"):
        attention_weights(seq2seq(4, 4, units=2), [np.ones((1, 2)), np.ones((1, 2))])
