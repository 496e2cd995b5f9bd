"""The restricted Boltzmann machine: exact probabilities of a small one, and its training."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from sklearn.neural_network import BernoulliRBM

from course_lib.models import RBM


def make_machine(visible: int, hidden: int) -> RBM:
    rng, machine = np.random.default_rng(3), RBM(visible, hidden)
    machine.weights = rng.normal(size=(visible, hidden))
    machine.visible_bias, machine.hidden_bias = rng.normal(size=visible), rng.normal(size=hidden)
    return machine


def list_states(cells: int) -> np.ndarray:
    return np.array(list(product((0.0, 1.0), repeat=cells)))


def test_probabilities_follow_from_the_energy():
    machine, v, h = make_machine(4, 3), list_states(4), list_states(3)
    energy = (
        -(v @ machine.visible_bias)[:, None] - h @ machine.hidden_bias - v @ machine.weights @ h.T
    )
    joint = np.exp(-energy)
    np.testing.assert_allclose(machine.free_energy(v), -np.log(joint.sum(axis=1)))
    np.testing.assert_allclose(
        machine.hidden_probabilities(v), joint @ h / joint.sum(axis=1, keepdims=True)
    )
    np.testing.assert_allclose(
        machine.visible_probabilities(h), joint.T @ v / joint.sum(axis=0)[:, None]
    )


def test_hidden_cells_are_those_of_scikit_learn():
    machine, v = make_machine(6, 4), np.random.default_rng(0).uniform(size=(5, 6))
    theirs = BernoulliRBM(4).fit(np.zeros((2, 6)))
    theirs.components_, theirs.intercept_hidden_ = machine.weights.T, machine.hidden_bias
    np.testing.assert_allclose(machine.hidden_probabilities(v), theirs.transform(v))


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_samples_look_like_the_data(seed):
    data = np.tile([[1.0, 1, 1, 0, 0, 0], [0, 0, 0, 1, 1, 1]], (60, 1))
    machine = RBM(6, 4, seed).fit(data, epochs=80, rate=0.3)
    noise = (np.random.default_rng(seed).uniform(size=(200, 6)) < 0.5).astype(float)
    dreams = machine.sample(noise, 50).round()
    seen = [np.array_equal(d, data[0]) or np.array_equal(d, data[1]) for d in dreams]
    assert np.mean(seen) > 0.8


def test_far_inputs_do_not_overflow():
    machine = make_machine(2, 2)
    machine.weights *= 1e4
    with np.errstate(over="raise", invalid="raise"):
        assert np.all(np.isfinite(machine.free_energy(np.ones((1, 2)))))
        machine.hidden_probabilities(np.ones((1, 2)))
