"""The decoder of a dense autoencoder."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import keras

from course_lib.models.hidden_layers import hidden_layers


def dense_decoder(
    latent: int, units: Sequence[int], output_shape: Sequence[int], activation: str
) -> keras.Model:
    """Build the decoder from codes `(batch, latent)` to logits `(batch, *output_shape)`.

    Args:
        latent: Numbers in a code.
        units: Width of the hidden layers of the encoder; the decoder has them in reverse order.
        output_shape: Shape of one example without the batch axis.
        activation: Name of the activation of the hidden layers.

    Example:
        >>> dense_decoder(2, (32, 16), (4, 4), "gelu").output_shape
        (None, 4, 4)
    """
    codes = keras.Input((latent,))
    logits = keras.layers.Dense(prod(output_shape))(hidden_layers(codes, units[::-1], activation))
    if len(output_shape) > 1:
        logits = keras.layers.Reshape(tuple(output_shape))(logits)
    return keras.Model(codes, logits, name="decoder")
