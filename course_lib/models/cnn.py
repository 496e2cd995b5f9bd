"""The convolutional network."""

from __future__ import annotations

from collections.abc import Sequence

import keras

from course_lib.blocks import conv_block
from course_lib.models.chained import chained


def cnn(
    filters: Sequence[int] = (32, 64, 128, 256),
    classes: int = 10,
    input_shape: Sequence[int] = (32, 32, 3),
    activation: str = "relu",
    dropout: float = 0.3,
    batch_norm: bool = True,
    convolutions: int = 1,
    api: str = "sequential",
) -> keras.Model:
    """A convolutional network: stages of conv blocks and a max-pool, then one logit per class.

    Pixels from 0 to 255 are scaled to [0, 1] inside the model, so that it takes images as they
    come. The first block of each stage halves height and width. The last maps are reduced to each
    channel's largest value, wherever it stands; dropout and a dense layer follow. The last layer
    has no activation: its outputs are logits.

    Args:
        filters: Channels of each stage, the one after the input first.
        classes: Number of classes.
        input_shape: `(height, width, channels)` of one image.
        activation: Name of the blocks' activation.
        dropout: Share of the features before the dense layer that are set to 0 while training, in
            [0, 1).
        batch_norm: Normalise each channel over the batch, before its activation.
        convolutions: Conv blocks a stage, 1 or more.
        api: "sequential" or "functional": how Keras is told. The layers are the same.

    Returns:
        A `keras.Model`, not compiled, from images `(batch, *input_shape)`, uint8 or float in
        [0, 255], to logits `(batch, classes)`.

    Raises:
        ValueError: `api` is neither of the two, or the image is too small for so many stages.

    Example:
        >>> from course_lib.models import cnn
        >>> model = cnn(filters=(8, 16))
        >>> model.output_shape
        (None, 10)
        >>> model.count_params()    # (27 + 4) · 8 + (72 + 4) · 16 + 17 · 10
        1634
    """
    if min(input_shape[:2]) < 2 ** len(filters):
        raise ValueError(
            f"{len(filters)} stages halve an image {len(filters)} times, and one of "
            f"{input_shape[0]} × {input_shape[1]} pixels is too small: give fewer filters."
        )
    inputs = keras.Input(tuple(input_shape))
    layers = [keras.layers.Rescaling(1 / 255)]
    for width in filters:
        settings = {"activation": activation, "batch_norm": batch_norm}
        layers += conv_block(width, **settings, pool=True)
        for _ in range(convolutions - 1):
            layers += conv_block(width, **settings)
    layers.append(keras.layers.GlobalMaxPooling2D())
    if dropout:
        layers.append(keras.layers.Dropout(dropout))
    layers.append(keras.layers.Dense(classes))
    return chained(inputs, layers, api, "cnn")
