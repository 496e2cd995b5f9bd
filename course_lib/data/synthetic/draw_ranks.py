"""Random words by their frequencies."""

from __future__ import annotations

import numpy as np


def draw_ranks(
    frequencies: np.ndarray, shape: tuple[int, ...], rng: np.random.Generator
) -> np.ndarray:
    """Draw ranks of words, 1 for the first word.

    Args:
        frequencies: Array `(words,)` that adds up to 1.
        shape: Shape of the result.
        rng: Source of random numbers.

    Returns:
        int64 array of that shape, values from 1 to the number of words.

    Example:
        >>> draw_ranks(np.array([0.0, 1.0]), (3,), np.random.default_rng(0)).tolist()
        [2, 2, 2]
    """
    ranks = 1 + np.searchsorted(np.cumsum(frequencies), rng.random(shape))
    return np.minimum(ranks, len(frequencies))  # rounding can leave the sum just below 1
