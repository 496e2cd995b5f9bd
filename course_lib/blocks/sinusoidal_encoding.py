"""The sinusoidal encoding of positions."""

from __future__ import annotations

import numpy as np


def sinusoidal_encoding(length: int, width: int) -> np.ndarray:
    """Return a vector for each position (Vaswani et al. 2017, §3.5).

    Column `2i` of row `p` is the sine of `p / 10000^(2i / width)`, column `2i + 1` its cosine. Each
    pair of columns turns like the hand of a clock, the first ones quickly, the last ones slowly. So
    a step of `k` positions is the same rotation everywhere.

    Args:
        length: Number of positions, from 0.
        width: Numbers for each position, an even number.

    Returns:
        Array `(length, width)`, float32, in [-1, 1].

    Raises:
        ValueError: The width is odd.

    Example:
        >>> np.round(sinusoidal_encoding(2, 4), 2).tolist()
        [[0.0, 1.0, 0.0, 1.0], [0.8399999737739563, 0.5400000214576721, 0.009999999776482582, 1.0]]
    """
    if width % 2:
        raise ValueError(
            f"width is {width}; it should be even, because sines and cosines alternate."
        )
    angles = np.arange(length)[:, None] / 10000 ** (np.arange(0, width, 2) / width)
    return (
        np.stack([np.sin(angles), np.cos(angles)], axis=-1).reshape(length, width).astype("float32")
    )
