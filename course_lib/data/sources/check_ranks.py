"""Whether the texts of a prepared file are word ranks."""

from __future__ import annotations

import numpy as np


def check_ranks(x: np.ndarray, name: str) -> np.ndarray:
    """Return the texts of a prepared file if they are ranks, as Keras stores them.

    Args:
        x: Object array `(n,)` of lists of int.
        name: Name of the array, for the message.

    Raises:
        ValueError: Every text starts with `start_char`: the file holds what `load_data` returns.
    """
    if len(x) and all(len(text) and text[0] == 1 for text in x):
        raise ValueError(
            f"every sequence of {name} starts with 1, so its words are already numbered; "
            "use Keras' own file from KERAS_HOME/datasets"
        )
    return x
