"""The convolutional neural network."""

from __future__ import annotations

from collections.abc import Sequence

import keras

from course_lib.blocks import conv_block
from course_lib.check_counts import check_counts
from course_lib.models.chain_layers import chain_layers
from course_lib.models.check_sizes import check_sizes
from course_lib.models.image_input import image_input


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
    """Build a convolutional network: stages of conv blocks, then one logit per class.

    The model itself scales pixels from [0, 255] to [0, 1]. The first block of each stage halves
    height and width by max-pooling. At the end each channel is reduced to its largest value,
    wherever that is; dropout and a dense layer follow. The last layer has no activation: its
    outputs are logits.

    Args:
        filters: Channels of each stage, from the input on.
        classes: Number of classes.
        input_shape: `(height, width, channels)` of one image.
        activation: Name of the activation of the blocks.
        dropout: Share of the features before the dense layer that are set to 0 during training,
            in [0, 1).
        batch_norm: Normalise each channel over the batch before the activation.
        convolutions: Conv blocks per stage, 1 or more.
        api: "sequential" or "functional": the API of Keras. The layers are the same.

    Returns:
        A `keras.Model`, not compiled, from images `(batch, *input_shape)`, uint8 or float in
        [0, 255], to logits `(batch, classes)`.

    Raises:
        ValueError: `api` is something else, or the image is too small for so many stages.

    Example:
        >>> from course_lib.models import cnn
        >>> model = cnn(filters=(8, 16))
        >>> model.output_shape
        (None, 10)
        >>> model.count_params()    # (27 + 4) · 8 + (72 + 4) · 16 + 17 · 10
        1634
    """
    check_counts(classes=classes, convolutions=convolutions)
    check_sizes(filters=filters)
    inputs = image_input(input_shape)
    if min(side or 2 ** len(filters) for side in input_shape[:2]) < 2 ** len(filters):
        raise ValueError(
            f"An image of {input_shape[0]} × {input_shape[1]} pixels is too small for "
            f"{len(filters)} stages, which halve it {len(filters)} times: use fewer filters."
        )
    layers = [keras.layers.Rescaling(1 / 255)]
    for width in filters:
        for number in range(convolutions):
            is_first = number == 0
            layers += conv_block(width, activation=activation, batch_norm=batch_norm, pool=is_first)
    layers.append(keras.layers.GlobalMaxPooling2D())
    if dropout:
        layers.append(keras.layers.Dropout(dropout))
    layers.append(keras.layers.Dense(classes))
    return chain_layers(inputs, layers, api, "cnn")
