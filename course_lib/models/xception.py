"""Xception."""

from __future__ import annotations

from collections.abc import Sequence

import keras

from course_lib.blocks import conv_block, xception_block
from course_lib.blocks.conv_block import MOMENTUM
from course_lib.models.image_input import image_input
from course_lib.models.is_small_stem import is_small_stem
from course_lib.models.scale_width import scale_width


def xception(
    classes: int = 1000,
    input_shape: Sequence[int] = (299, 299, 3),
    width: float = 1.0,
    stem: str = "paper",
    middle: int = 8,
) -> keras.Model:
    """Build Xception: separable convolutions with shortcuts (Chollet 2017, figure 5).

    `keras.applications` has the same layers in the same order, and also leaves out the optional
    dense layers and the dropout before the last layer.

    Args:
        classes: Number of classes.
        input_shape: `(height, width, channels)`: each side at least 7; with the small stem, 1.
        width: Share of the paper's feature maps in every layer except the last.
        stem: "paper": the first convolution has stride 2, and the first two no padding; "small":
            stride 1 and padding, for images of about 32×32.
        middle: Number of blocks in the middle flow.

    Returns:
        A `keras.Model`, not compiled, from `(batch, *input_shape)` to logits `(batch, classes)`.

    Raises:
        ValueError: Unknown stem, or a side is too small.

    Example:
        >>> from course_lib.models import xception
        >>> model = xception(10, (32, 32, 3), width=1 / 8, stem="small", middle=2)
        >>> model.output_shape
        (None, 10)
    """

    def scale(maps: int) -> int:
        return scale_width(maps, width)

    small = is_small_stem(stem, "xception")
    inputs = image_input(input_shape, smallest=1 if small else 7)
    strides, padding = (1, "same") if small else (2, "valid")
    x = conv_block(scale(32), strides=strides, padding=padding)(inputs)
    x = conv_block(scale(64), padding=padding)(x)
    for maps in (128, 256, 728):
        x = xception_block([scale(maps)] * 2, strides=2, first_relu=maps > 128)(x)
    for _ in range(middle):
        x = xception_block([scale(728)] * 3)(x)
    x = xception_block([scale(728), scale(1024)], strides=2)(x)
    for maps in (1536, 2048):
        x = keras.layers.SeparableConv2D(scale(maps), 3, padding="same", use_bias=False)(x)
        x = keras.layers.BatchNormalization(momentum=MOMENTUM)(x)
        x = keras.layers.ReLU()(x)
    x = keras.layers.GlobalAveragePooling2D()(x)
    x = keras.layers.Dense(classes, name="predictions")(x)
    return keras.Model(inputs, x, name="xception")
