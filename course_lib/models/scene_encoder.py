"""A fixed network that turns images of shapes into a grid of features."""

from __future__ import annotations

from functools import lru_cache

import keras

from course_lib.models.load_fixed_weights import load_fixed_weights

ROWS, COLUMNS, CHANNELS = 6, 6, 32
WEIGHTS = "scene_encoder.npz"


@lru_cache(maxsize=1)
def scene_encoder() -> keras.Model:
    """Return the convolutional encoder of `captioned_scenes` with its fixed weights.

    `tools/pretrain_scene_encoder.py` trained it to name colour, shape and size, each on its own,
    in 36 regions of the image. It has never seen a pair of `HELD_OUT`. Captioners use the last
    features of a pre-trained network in the same way (Xu et al. 2015, §3.1).

    Returns:
        A model from images `(batch, 48, 48, 3)`, 0 to 255, to features `(batch, 36, 32)`: six rows
        of six cells, row by row. Each cell covers 8 × 8 pixels and sees more around them.

    Example:
        >>> scene_encoder().output_shape
        (None, 36, 32)
    """
    return load_fixed_weights(encoder_network(), WEIGHTS)


def encoder_network() -> keras.Model:
    """Build the layers of the encoder, untrained.

    Example:
        >>> encoder_network().count_params() < 25_000
        True
    """
    images = keras.Input((48, 48, 3), name="images")
    x = keras.layers.Rescaling(1 / 127.5, offset=-1)(images)
    for filters, size, stride in ((16, 5, 2), (24, 3, 2), (32, 3, 2), (CHANNELS, 3, 1)):
        x = keras.layers.Conv2D(filters, size, stride, padding="same", use_bias=False)(x)
        x = keras.layers.ReLU()(keras.layers.BatchNormalization()(x))
    grid = keras.layers.Reshape((ROWS * COLUMNS, CHANNELS))(x)
    return keras.Model(images, grid, name="scene_encoder")
