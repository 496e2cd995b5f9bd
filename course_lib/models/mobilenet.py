"""MobileNet."""

from __future__ import annotations

from collections.abc import Sequence

import keras

from course_lib.blocks import conv_block, separable_conv_block
from course_lib.models.image_input import image_input
from course_lib.models.is_small_stem import is_small_stem
from course_lib.models.scale_width import scale_width

# Howard et al. 2017, table 1: feature maps and stride of each depthwise separable convolution.
FIRST = ((64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2))
MIDDLE = (512, 1)
LAST = ((1024, 2), (1024, 1))


def mobilenet(
    classes: int = 1000,
    input_shape: Sequence[int] = (224, 224, 3),
    alpha: float = 1.0,
    stem: str = "paper",
    dropout: float = 0.001,
    activation: str = "relu6",
    middle: int = 5,
) -> keras.Model:
    """Build MobileNet: a convolution and thirteen depthwise separable ones (Howard et al. 2017).

    Two numbers trade accuracy for cost: the width multiplier α (§3.3) and the resolution (§3.4),
    that is, the size of the image. The number of multiply-adds is about proportional to the square
    of each, that of parameters to α².

    In the paper's table the last block has stride 2, but its shapes need stride 1, as here.
    `keras.applications` has the same layers in the same order.

    Args:
        classes: Number of classes.
        input_shape: `(height, width, channels)`. With stride 2, even sides are padded only below
            and to the right, as in `keras.applications`; odd sides are padded on both ends, unlike
            there.
        alpha: α, the share of the paper's feature maps in every layer except the last.
        stem: "paper": the first convolution has stride 2; "small": 1, for images of about 32×32.
        dropout: Share of the pooled features set to 0 during training, in [0, 1).
        activation: Name of the activation. The paper has ReLU; the authors' released models have
            ReLU6.
        middle: Number of blocks with 512 maps and stride 1.

    Returns:
        A `keras.Model`, not compiled, from `(batch, *input_shape)` to logits `(batch, classes)`.

    Raises:
        ValueError: Unknown stem.

    Example:
        >>> from course_lib.models import mobilenet
        >>> mobilenet(alpha=0.25, input_shape=(128, 128, 3)).count_params()
        475544
    """

    def scale(maps: int) -> int:
        return scale_width(maps, alpha)

    strides = 1 if is_small_stem(stem, "mobilenet") else 2
    inputs = image_input(input_shape)
    x = conv_block(scale(32), strides=strides, activation=activation)(inputs)
    for filters, strides in (*FIRST, *[MIDDLE] * middle, *LAST):
        x = separable_conv_block(scale(filters), strides=strides, activation=activation)(x)
    x = keras.layers.GlobalAveragePooling2D()(x)
    x = keras.layers.Dropout(dropout)(x)
    x = keras.layers.Dense(classes, name="predictions")(x)
    return keras.Model(inputs, x, name="mobilenet")
