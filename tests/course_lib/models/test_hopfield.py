"""The Hopfield network: Hebb's rule, falling energy, capacity."""

from __future__ import annotations

import numpy as np
import pytest

from course_lib.models import Hopfield


def draw(patterns: int, neurons: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).choice([-1.0, 1.0], (patterns, neurons))


def test_weights_are_hebbs_sum():
    patterns = draw(4, 9, 0)
    wanted = sum(np.outer(p, p) for p in patterns) / 9
    np.testing.assert_allclose(Hopfield(patterns).weights, wanted - np.diag(np.diag(wanted)))


@pytest.mark.parametrize("seed", range(5))
def test_recall_ends_in_a_valley(seed):
    network, start = Hopfield(draw(12, 60, seed)), draw(8, 60, seed + 100)
    end = network.recall(start, seed)
    assert np.all(network.energy(end) <= network.energy(start))
    fields = end @ network.weights
    assert np.all(fields * end >= -1e-9), "a neuron would still change"


def test_few_patterns_are_recalled_and_many_are_not():
    for load, recalled in ((0.08, True), (0.25, False)):
        patterns = draw(round(load * 400), 400, 1)
        overlap = np.mean(Hopfield(patterns).recall(patterns[:10]) * patterns[:10])
        assert (overlap > 0.98) == recalled


def test_other_values_are_explained():
    with pytest.raises(ValueError, match=r"shape \(2, 3\); expected .* with values \+1 and -1"):
        Hopfield(np.zeros((2, 3)))
