"""The convolutional autoencoder."""

from __future__ import annotations

from collections.abc import Sequence

import keras

from course_lib.check_counts import check_counts
from course_lib.models.check_sizes import check_sizes
from course_lib.models.image_input import image_input


def conv_autoencoder(
    latent: int = 32,
    filters: Sequence[int] = (16, 32),
    input_shape: Sequence[int] = (28, 28, 1),
    activation: str = "relu",
) -> tuple[keras.Model, keras.Model, keras.Model]:
    """Build an autoencoder of strided convolutions (Masci et al. 2011).

    Every convolution of the encoder, 3×3 with stride 2, halves height and width; a dense layer
    computes the code. The decoder does the reverse with transposed convolutions (Dumoulin & Visin
    2016, chapter 4) and ends in logits of pixels. Masci et al. use max-pooling instead of strides
    (Springenberg et al. 2015), which a transposed convolution can reverse.

    Args:
        latent: Numbers in a code.
        filters: Maps of the encoder's convolutions, from the input on.
        input_shape: `(height, width, channels)`; each convolution must be able to halve the sides.
        activation: Name of the activation of the hidden layers.

    Returns:
        `(model, encoder, decoder)`, not compiled. The model maps `(batch, *input_shape)` to
        logits of the same shape and consists of the other two; codes are `(batch, latent)`.

    Raises:
        ValueError: A side cannot be halved by every convolution.

    Example:
        >>> model, encoder, decoder = conv_autoencoder(latent=8)
        >>> encoder.output_shape, decoder.output_shape
        ((None, 8), (None, 28, 28, 1))
    """
    check_counts(latent=latent)
    check_sizes(filters=filters)
    images = image_input(input_shape)
    height, width, channels = input_shape
    halved = 2 ** len(filters)
    if any(side is None or side % halved for side in (height, width)):
        raise ValueError(
            f"Images of {height} × {width} cannot be halved {len(filters)} times: "
            f"both sides must be multiples of {halved}. Use fewer filters, or pad the images."
        )
    settings = {"strides": 2, "padding": "same"}
    x = images
    for maps in filters:
        x = keras.layers.Conv2D(maps, 3, activation=activation, **settings)(x)
    x = keras.layers.Flatten()(x)
    encoder = keras.Model(images, keras.layers.Dense(latent)(x), name="encoder")

    small = (height // halved, width // halved, filters[-1])
    codes = keras.Input((latent,))
    x = keras.layers.Dense(small[0] * small[1] * small[2], activation=activation)(codes)
    x = keras.layers.Reshape(small)(x)
    for maps in filters[-2::-1]:
        x = keras.layers.Conv2DTranspose(maps, 3, activation=activation, **settings)(x)
    logits = keras.layers.Conv2DTranspose(channels, 3, **settings)(x)
    decoder = keras.Model(codes, logits, name="decoder")
    return keras.Model(images, decoder(encoder(images)), name="autoencoder"), encoder, decoder
