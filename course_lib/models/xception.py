"""Xception."""

from __future__ import annotations

from collections.abc import Sequence

import keras

from course_lib.blocks import conv_block, xception_block
from course_lib.blocks.conv_block import MOMENTUM
from course_lib.models.scaled import scaled
from course_lib.models.stem import is_small


def xception(
    classes: int = 1000,
    input_shape: Sequence[int] = (299, 299, 3),
    width: float = 1.0,
    stem: str = "paper",
    middle: int = 8,
) -> keras.Model:
    """Xception: separable convolutions with shortcuts, in three flows (Chollet 2017, figure 5).

    `keras.applications` has the same layers in the same order. The optional dense layers and
    dropout before the last one are left out, as there.

    Args:
        classes: Number of classes.
        input_shape: `(height, width, channels)`.
        width: Every layer but the last has this share of the paper's feature maps.
        stem: "paper": the first convolution has stride 2, and the first two no padding; "small":
            stride 1 and padding, for images of about 32×32.
        middle: Blocks of the middle flow.

    Returns:
        A `keras.Model`, not compiled, from `(batch, *input_shape)` to logits `(batch, classes)`.

    Raises:
        ValueError: There is no such stem.

    Example:
        >>> from course_lib.models import xception
        >>> model = xception(10, (32, 32, 3), width=1 / 8, stem="small", middle=2)
        >>> model.output_shape
        (None, 10)
    """

    def share(maps):
        return scaled(maps, width)

    inputs = keras.Input(tuple(input_shape))
    settings = {} if is_small(stem, "xception") else {"padding": "valid"}
    x = conv_block(share(32), strides=2 if settings else 1, **settings)(inputs)
    x = conv_block(share(64), **settings)(x)
    for maps in (128, 256, 728):
        x = xception_block([share(maps)] * 2, strides=2, first_relu=maps > 128)(x)
    for _ in range(middle):
        x = xception_block([share(728)] * 3)(x)
    x = xception_block([share(728), share(1024)], strides=2)(x)
    for maps in (1536, 2048):
        x = keras.layers.SeparableConv2D(share(maps), 3, padding="same", use_bias=False)(x)
        x = keras.layers.BatchNormalization(momentum=MOMENTUM)(x)
        x = keras.layers.ReLU()(x)
    x = keras.layers.GlobalAveragePooling2D()(x)
    x = keras.layers.Dense(classes, name="predictions")(x)
    return keras.Model(inputs, x, name="xception")
