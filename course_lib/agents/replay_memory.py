"""The replay memory of a DQN."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from course_lib.check_counts import check_counts


class Transitions(NamedTuple):
    """What happened in `n` steps.

    Attributes:
        observations: What the agent saw, `(n, …)`.
        actions: What it did, `(n,)`.
        rewards: What it got, `(n,)`.
        next_observations: What it saw then, `(n, …)`.
        terminated: Whether the episode ended there, `(n,)`.
    """

    observations: np.ndarray
    actions: np.ndarray
    rewards: np.ndarray
    next_observations: np.ndarray
    terminated: np.ndarray


class ReplayMemory:
    """The last transitions of an agent, from which batches are drawn at random (Lin 1992).

    Args:
        capacity: Number of transitions. When it is full, the oldest are overwritten.
        seed: The seed of the draws.

    Example:
        >>> memory = ReplayMemory(capacity=100)
        >>> seen, after = np.zeros((3, 2)), np.ones((3, 2))
        >>> memory.add(Transitions(seen, [0, 1, 0], [0, 0, 1], after, [False, False, True]))
        >>> len(memory)
        3
        >>> memory.sample(8).observations.shape
        (8, 2)
    """

    def __init__(self, capacity: int, seed: int = 0) -> None:
        check_counts(capacity=capacity)
        self._capacity = capacity
        self._rng = np.random.default_rng(seed)
        self._stored: list[np.ndarray] = []
        self._seen = 0

    def __len__(self) -> int:
        return min(self._seen, self._capacity)

    def add(self, transitions: Transitions) -> None:
        """Keep transitions.

        Raises:
            ValueError: The arrays differ in length.
        """
        arrays = [np.asarray(values) for values in transitions]
        lengths = {len(values) for values in arrays}
        if len(lengths) > 1:
            raise ValueError(f"The arrays have the lengths {sorted(lengths)}; expected one length.")
        if not self._stored:
            self._stored = [np.zeros((self._capacity, *a.shape[1:]), a.dtype) for a in arrays]
        # Of more transitions than fit in, only the last ones are kept.
        places = (self._seen + np.arange(len(arrays[0])))[-self._capacity :] % self._capacity
        for stored, values in zip(self._stored, arrays, strict=True):
            stored[places] = values[-self._capacity :]
        self._seen += len(arrays[0])

    def sample(self, batch_size: int) -> Transitions:
        """Draw transitions with equal probability, with replacement.

        Raises:
            ValueError: The memory is empty.
        """
        if not self._seen:
            raise ValueError("The memory is empty: add transitions before you sample.")
        rows = self._rng.integers(len(self), size=batch_size)
        return Transitions(*(stored[rows] for stored in self._stored))
