"""The restricted Boltzmann machine."""

from __future__ import annotations

import numpy as np


class RBM:
    """A restricted Boltzmann machine of zeros and ones (Smolensky 1986, Hinton 2002).

    It is made of NumPy arrays, and trained by contrastive divergence with one step.

    Args:
        visible: Number of visible cells.
        hidden: Number of hidden cells.
        seed: The seed of the initial weights and of all drawings.

    Example:
        >>> v = np.tile([[1.0, 1, 0, 0], [0, 0, 1, 1]], (50, 1))
        >>> machine = RBM(visible=4, hidden=2).fit(v, epochs=100, rate=0.5)
        >>> unlikely = np.array([[1.0, 0, 1, 0]])
        >>> machine.free_energy(v[:1]) < machine.free_energy(unlikely)
        array([ True])
    """

    def __init__(self, visible: int, hidden: int, seed: int = 0) -> None:
        self._rng = np.random.default_rng(seed)
        self.weights = 0.05 * self._rng.normal(size=(visible, hidden))
        self.visible_bias = np.zeros(visible)
        self.hidden_bias = np.zeros(hidden)

    def hidden_probabilities(self, v: np.ndarray) -> np.ndarray:
        """Return p(h = 1 | v), `(n, hidden)`, for visible states `(n, visible)`."""
        return _sigmoid(v @ self.weights + self.hidden_bias)

    def visible_probabilities(self, h: np.ndarray) -> np.ndarray:
        """Return p(v = 1 | h), `(n, visible)`, for hidden states `(n, hidden)`."""
        return _sigmoid(h @ self.weights.T + self.visible_bias)

    def free_energy(self, v: np.ndarray) -> np.ndarray:
        """Return -ln Σ exp(-E(v, h)) over all hidden states, `(n,)`; low for likely states."""
        inputs = v @ self.weights + self.hidden_bias
        return -v @ self.visible_bias - np.logaddexp(0, inputs).sum(axis=1)

    def fit(self, v: np.ndarray, epochs: int, rate: float = 0.1, batch_size: int = 20) -> RBM:
        """Train by contrastive divergence; returns the machine itself.

        Args:
            v: Visible states, 0 to 1, `(n, visible)`.
            epochs: Passes through the data.
            rate: Learning rate.
            batch_size: Examples of a step.
        """
        for _ in range(epochs):
            batches = max(1, len(v) // batch_size)
            for rows in np.array_split(self._rng.permutation(len(v)), batches):
                self._take_step(v[rows], rate)
        return self

    def sample(self, v: np.ndarray, steps: int) -> np.ndarray:
        """Return probabilities of the visible cells after Gibbs sampling, `(n, visible)`.

        Args:
            v: Where the chains begin, `(n, visible)`.
            steps: How often both layers are drawn, at least once.
        """
        for _ in range(steps):
            p = self.visible_probabilities(self._draw(self.hidden_probabilities(v)))
            v = self._draw(p)
        return p

    def _take_step(self, v: np.ndarray, rate: float) -> None:
        p = self.hidden_probabilities(v)
        other = self._draw(self.visible_probabilities(self._draw(p)))
        p_other = self.hidden_probabilities(other)
        self.weights += rate * (v.T @ p - other.T @ p_other) / len(v)
        self.visible_bias += rate * np.mean(v - other, axis=0)
        self.hidden_bias += rate * np.mean(p - p_other, axis=0)

    def _draw(self, p: np.ndarray) -> np.ndarray:
        return (self._rng.uniform(size=p.shape) < p).astype(float)


def _sigmoid(z: np.ndarray) -> np.ndarray:
    # By tanh, because exp overflows for inputs far below 0.
    return (1 + np.tanh(z / 2)) / 2
