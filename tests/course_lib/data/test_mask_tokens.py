"""Masked tokens."""

from __future__ import annotations

import numpy as np

from course_lib.data import mask_tokens


def test_shares_of_masks_are_the_published_ones():
    rng = np.random.default_rng(0)
    tokens = rng.integers(1, 30, (4000, 20))
    tokens[:, 15:] = 0
    before = tokens.copy()
    inputs, targets = mask_tokens(tokens, 30, 99, rng)
    assert np.array_equal(tokens, before)
    is_chosen = targets != 0
    assert np.array_equal(targets[is_chosen], tokens[is_chosen]) and not is_chosen[:, 15:].any()
    assert np.array_equal(inputs[~is_chosen], tokens[~is_chosen])
    assert abs(is_chosen[:, :15].mean() - 0.15) < 0.01
    now, was = inputs[is_chosen], tokens[is_chosen]
    assert abs(np.mean(now == 99) - 0.8) < 0.03
    assert abs(np.mean(now == was) - 0.1 - 0.1 / 29) < 0.02
    drawn = now[(now != 99) & (now != was)]
    assert set(drawn.tolist()) == set(range(1, 30))
