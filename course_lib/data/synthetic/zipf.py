"""Relative frequencies of words."""

from __future__ import annotations

import numpy as np


def zipf(n: int, exponent: float, offset: float = 2.7) -> np.ndarray:
    """Return the relative frequencies of `n` words, the most frequent first.

    Zipf's law as Mandelbrot wrote it: the word of rank r is about `(r + offset) ** -exponent`
    as frequent. The frequencies do not add up to 1.

    Example:
        >>> zipf(3, exponent=1, offset=0).round(2).tolist()
        [1.0, 0.5, 0.33]
    """
    return (np.arange(n) + (1.0 + offset)) ** -exponent
