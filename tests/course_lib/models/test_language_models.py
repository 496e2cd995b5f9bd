"""GPT, BERT, and the cache of keys and values."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from course_lib.models import CachedGPT, bert, gpt


def test_gpt_2_has_its_published_number_of_weights():
    # The blocks of the small model, counted one by one: GPT-2 itself needs 500 MB.
    one, two = (gpt(3, 5, width=768, heads=12, blocks=n).count_params() for n in (1, 2))
    block = two - one
    rest = one - block - (3 + 5) * 768
    assert (50257 + 1024) * 768 + 12 * block + rest == 124_439_808


def test_gpt_does_not_look_ahead_and_knows_positions():
    keras.utils.set_random_seed(0)
    model = gpt(20, 8, width=12, heads=3, blocks=2)
    tokens = np.array([[4, 5, 6, 7, 8]])
    given = np.asarray(model(tokens))
    later = np.asarray(model(np.array([[4, 5, 6, 9, 2]])))
    np.testing.assert_allclose(later[:, :3], given[:, :3], atol=1e-5)
    assert np.abs(later[:, 3:] - given[:, 3:]).max() > 1e-3
    swapped = np.asarray(model(np.array([[5, 4, 6, 7, 8]])))
    assert np.abs(swapped[:, -1] - given[:, -1]).max() > 1e-5


@pytest.mark.parametrize("parts", [[6], [1] * 6, [2, 3, 1]], ids=["once", "one by one", "mixed"])
def test_the_cache_changes_no_logit(parts):
    keras.utils.set_random_seed(1)
    model = gpt(20, 8, width=12, heads=3, blocks=2)
    model.set_weights(
        [w + 0.2 * np.random.default_rng(0).normal(size=w.shape) for w in model.get_weights()]
    )
    cached = CachedGPT(model)
    tokens = np.array([3, 1, 4, 1, 5, 9])
    for _ in range(2):  # `forget` empties the cache
        cached.forget()
        ends = np.cumsum(parts)
        rows = [cached.read(tokens[end - n : end]) for n, end in zip(parts, ends, strict=True)]
        np.testing.assert_allclose(np.concatenate(rows), model(tokens[None])[0], atol=1e-4)


def test_a_cache_has_as_many_places_as_the_model_has_positions():
    cached = CachedGPT(gpt(20, 4, width=8, heads=2, blocks=1))
    cached.read([1, 2, 3, 4])
    with pytest.raises(ValueError, match="4 positions; this is token 5"):
        cached.read([5])
    with pytest.raises(ValueError, match="weights of course_lib.models.gpt"):
        CachedGPT(keras.Sequential([keras.Input((3,)), keras.layers.Dense(4)]))


def test_padding_changes_nothing_and_bert_looks_both_ways():
    keras.utils.set_random_seed(0)
    encoder, masked = bert(20, 9, width=8, heads=2, blocks=2)
    tokens = np.array([[4, 5, 6]])
    given = np.asarray(encoder(tokens))
    padded = np.asarray(encoder(np.pad(tokens, ((0, 0), (0, 3)))))
    np.testing.assert_allclose(padded[:, :3], given, atol=1e-5)
    assert np.abs(np.asarray(encoder(np.array([[4, 5, 7]]))) - given)[:, 0].max() > 1e-5
    logits = given @ np.asarray(encoder.layers[1].embedding.embeddings).T
    np.testing.assert_allclose(masked(tokens), logits, atol=1e-5)


def test_models_come_back_from_their_files(tmp_path):
    for model in (gpt(20, 8, 8, 2, 1), bert(20, 8, 8, 2, 1)[1]):
        model.save(tmp_path / "model.keras")
        loaded = keras.models.load_model(tmp_path / "model.keras")
        tokens = np.array([[4, 5, 6]])
        np.testing.assert_allclose(loaded(tokens), model(tokens), atol=1e-5)
