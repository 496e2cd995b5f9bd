"""The autoencoder: a network that must get its input through a narrow place."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import keras

from course_lib.blocks import dense_block


def autoencoder(
    latent: int = 2,
    units: Sequence[int] = (512, 256),
    input_shape: Sequence[int] = (784,),
    activation: str = "gelu",
) -> tuple[keras.Model, keras.Model, keras.Model]:
    """An autoencoder of dense blocks, its encoder and its decoder (Hinton & Salakhutdinov 2006).

    The encoder turns an image into a few numbers, its code; the decoder has the same hidden
    layers in reverse order and turns codes into logits of pixels. `keras.ops.sigmoid` makes
    pixels in [0, 1] of them, and binary cross-entropy with `from_logits=True` is the loss.

    Args:
        latent: Numbers in a code.
        units: Width of the encoder's hidden layers, the one after the input first.
        input_shape: Shape of one example without the batch axis.
        activation: Name of the hidden layers' activation.

    Returns:
        `(model, encoder, decoder)`, not compiled. The model goes from `(batch, *input_shape)` to
        logits of the same shape and is made of the other two: `decoder(encoder(x))`; codes are
        `(batch, latent)`.

    Example:
        >>> from course_lib.models import autoencoder
        >>> model, encoder, decoder = autoencoder(latent=2, units=(128, 64))
        >>> encoder.output_shape, decoder.output_shape
        ((None, 2), (None, 784))
        >>> model.count_params() == encoder.count_params() + decoder.count_params()
        True
    """
    inputs = keras.Input(tuple(input_shape))
    codes = keras.layers.Dense(latent)(hidden_layers(inputs, units, activation))
    encoder = keras.Model(inputs, codes, name="encoder")
    decoder = dense_decoder(latent, units, input_shape, activation)
    return keras.Model(inputs, decoder(encoder(inputs)), name="autoencoder"), encoder, decoder


def dense_decoder(
    latent: int, units: Sequence[int], output_shape: Sequence[int], activation: str
) -> keras.Model:
    """The decoder from codes `(batch, latent)` to logits `(batch, *output_shape)`.

    Args:
        latent: Numbers in a code.
        units: Width of the hidden layers **of the encoder**: here they come in reverse order.
        output_shape: Shape of one example without the batch axis.
        activation: Name of the hidden layers' activation.

    Example:
        >>> dense_decoder(2, (32, 16), (4, 4), "gelu").output_shape
        (None, 4, 4)
    """
    codes = keras.Input((latent,))
    logits = keras.layers.Dense(prod(output_shape))(hidden_layers(codes, units[::-1], activation))
    if len(output_shape) > 1:
        logits = keras.layers.Reshape(tuple(output_shape))(logits)
    return keras.Model(codes, logits, name="decoder")


def hidden_layers(x: keras.KerasTensor, units: Sequence[int], activation: str) -> keras.KerasTensor:
    """Flatten `x` `(batch, …)` and lead it through one dense block for each of `units`.

    Example:
        >>> hidden_layers(keras.Input((4, 4)), (32, 16), "gelu").shape
        (None, 16)
    """
    if len(x.shape) > 2:
        x = keras.layers.Flatten()(x)
    for width in units:
        x = dense_block(width, activation)(x)
    return x
