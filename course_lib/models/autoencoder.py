"""The autoencoder: a network that has to reproduce its input from a few numbers."""

from __future__ import annotations

from collections.abc import Sequence

import keras

from course_lib.check_counts import check_counts
from course_lib.models.check_sizes import check_sizes
from course_lib.models.dense_decoder import dense_decoder
from course_lib.models.hidden_layers import hidden_layers


def autoencoder(
    latent: int = 2,
    units: Sequence[int] = (512, 256),
    input_shape: Sequence[int] = (784,),
    activation: str = "gelu",
) -> tuple[keras.Model, keras.Model, keras.Model]:
    """Build an autoencoder of dense blocks (Hinton & Salakhutdinov 2006).

    The encoder turns an image into a code of a few numbers. The decoder has the same hidden layers
    in reverse order and turns codes into logits of pixels. `keras.ops.sigmoid` turns logits into
    pixels in [0, 1]; the loss is binary cross-entropy with `from_logits=True`.

    Args:
        latent: Numbers in a code.
        units: Width of the encoder's hidden layers, from the input on.
        input_shape: Shape of one example without the batch axis.
        activation: Name of the activation of the hidden layers.

    Returns:
        `(model, encoder, decoder)`, not compiled. The model maps `(batch, *input_shape)` to logits
        of the same shape and consists of the other two: `decoder(encoder(x))`. Codes are
        `(batch, latent)`.

    Example:
        >>> from course_lib.models import autoencoder
        >>> model, encoder, decoder = autoencoder(latent=2, units=(128, 64))
        >>> encoder.output_shape, decoder.output_shape
        ((None, 2), (None, 784))
        >>> model.count_params() == encoder.count_params() + decoder.count_params()
        True
    """
    check_counts(latent=latent)
    check_sizes(units=units, input_shape=input_shape)
    inputs = keras.Input(tuple(input_shape))
    codes = keras.layers.Dense(latent)(hidden_layers(inputs, units, activation))
    encoder = keras.Model(inputs, codes, name="encoder")
    decoder = dense_decoder(latent, units, input_shape, activation)
    return keras.Model(inputs, decoder(encoder(inputs)), name="autoencoder"), encoder, decoder
