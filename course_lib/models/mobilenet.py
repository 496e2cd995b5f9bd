"""MobileNet."""

from __future__ import annotations

from collections.abc import Sequence

import keras

from course_lib.blocks import conv_block, separable_conv_block
from course_lib.models.scaled import scaled
from course_lib.models.stem import is_small

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
    """MobileNet: one convolution, then thirteen depthwise separable ones (Howard et al. 2017).

    Two numbers trade accuracy for cost: the width multiplier α (§3.3) and the resolution (§3.4),
    which is the image's size. Multiply-adds fall about as the square of each; parameters as α²,
    whatever the size.

    The table's last block says stride 2; its shapes say 1, as here. `keras.applications` has the
    same layers in the same order.

    Args:
        classes: Number of classes.
        input_shape: `(height, width, channels)`. With stride 2, even sides are padded below and to
            the right only, as in `keras.applications`; odd ones on all sides, which it does not.
        alpha: α: every layer but the last has this share of the paper's feature maps.
        stem: "paper": the first convolution has stride 2; "small": 1, for images of about 32×32.
        dropout: Share of the last feature maps' means set to 0 while training, in [0, 1).
        activation: Name of the activation. The paper says ReLU; the authors' released models
            have one that is cut off at 6.
        middle: How often the block of 512 maps and stride 1 is repeated.

    Returns:
        A `keras.Model`, not compiled, from `(batch, *input_shape)` to logits `(batch, classes)`.

    Raises:
        ValueError: There is no such stem.

    Example:
        >>> from course_lib.models import mobilenet
        >>> mobilenet(alpha=0.25, input_shape=(128, 128, 3)).count_params()
        475544
    """

    def share(maps):
        return scaled(maps, alpha)

    strides = 1 if is_small(stem, "mobilenet") else 2
    inputs = keras.Input(tuple(input_shape))
    x = conv_block(share(32), strides=strides, activation=activation)(inputs)
    for filters, strides in (*FIRST, *[MIDDLE] * middle, *LAST):
        x = separable_conv_block(share(filters), strides=strides, activation=activation)(x)
    x = keras.layers.GlobalAveragePooling2D()(x)
    x = keras.layers.Dropout(dropout)(x)
    x = keras.layers.Dense(classes, name="predictions")(x)
    return keras.Model(inputs, x, name="mobilenet")
