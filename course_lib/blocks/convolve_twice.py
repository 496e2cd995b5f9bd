"""Two 3×3 convolutions."""

from __future__ import annotations

import keras


def convolve_twice(x: keras.KerasTensor, filters: int, padding: str) -> keras.KerasTensor:
    """Apply two 3×3 convolutions with ReLU, initialised as in He et al. 2015.

    Example:
        >>> import keras
        >>> convolve_twice(keras.Input((32, 32, 1)), 8, "valid").shape
        (None, 28, 28, 8)
    """
    for _ in range(2):
        x = keras.layers.Conv2D(
            filters, 3, padding=padding, activation="relu", kernel_initializer="he_normal"
        )(x)
    return x
