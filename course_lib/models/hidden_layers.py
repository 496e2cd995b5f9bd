"""Hidden layers of a dense network."""

from __future__ import annotations

from collections.abc import Sequence

import keras

from course_lib.blocks import dense_block


def hidden_layers(x: keras.KerasTensor, units: Sequence[int], activation: str) -> keras.KerasTensor:
    """Apply one dense block for each of `units`, after flattening.

    Args:
        x: Symbolic tensor `(batch, …)`.
        units: Width of each layer.
        activation: Name of the activation.

    Returns:
        Symbolic tensor `(batch, units[-1])`.

    Example:
        >>> hidden_layers(keras.Input((4, 4)), (32, 16), "gelu").shape
        (None, 16)
    """
    if len(x.shape) > 2:
        x = keras.layers.Flatten()(x)
    for width in units:
        x = dense_block(width, activation)(x)
    return x
