"""The Hopfield network: patterns stored as the valleys of an energy."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

MAX_PASSES = 50
ROUNDING = 1e-9  # a field that is exactly 0 differs from 0 by less


class Hopfield:
    """A network of ±1 neurons that stores patterns by Hebb's rule (Hopfield 1982).

    It is made of NumPy arrays. States of many networks are updated together.

    Args:
        patterns: The patterns to store, +1 and -1, `(patterns, neurons)`.

    Raises:
        ValueError: The patterns are not a matrix of +1 and -1.

    Example:
        >>> patterns = np.array([[1, 1, 1, 1, -1, -1], [1, -1, 1, -1, 1, -1]])
        >>> network = Hopfield(patterns)
        >>> network.recall([[-1, 1, 1, 1, -1, -1]]).astype(int).tolist()
        [[1, 1, 1, 1, -1, -1]]
        >>> network.energy(patterns[:1]) < network.energy([[-1, 1, 1, 1, -1, -1]])
        array([ True])
    """

    def __init__(self, patterns: ArrayLike) -> None:
        values = np.asarray(patterns, dtype=float)
        if values.ndim != 2 or not np.all(np.abs(values) == 1):
            raise ValueError(
                f"The patterns have the shape {values.shape}; expected (patterns, neurons) with "
                "values +1 and -1."
            )
        self.weights = values.T @ values / values.shape[1]
        np.fill_diagonal(self.weights, 0)

    def energy(self, states: ArrayLike) -> np.ndarray:
        """Return the energy of states `(n, neurons)`, `(n,)`: -½ Σ w s s."""
        values = np.asarray(states, dtype=float)
        return -0.5 * np.sum((values @ self.weights) * values, axis=1)

    def recall(self, states: ArrayLike, seed: int = 0) -> np.ndarray:
        """Return the states at which the network comes to rest, `(n, neurons)`.

        Neurons are updated one after the other, in random orders, until a pass changes nothing or
        50 passes are done. All states follow the same order.

        Args:
            states: Where to begin, +1 and -1, `(n, neurons)`.
            seed: The seed of the orders.
        """
        # Columns, because a neuron's values of all states are then in one row.
        values = np.array(states, dtype=float).T.copy()
        rng = np.random.default_rng(seed)
        for _ in range(MAX_PASSES):
            changed = False
            for neuron in rng.permutation(len(values)):
                field = self.weights[neuron] @ values
                new = np.where(np.abs(field) < ROUNDING, values[neuron], np.sign(field))
                changed = changed or bool(np.any(new != values[neuron]))
                values[neuron] = new
            if not changed:
                break
        return values.T
