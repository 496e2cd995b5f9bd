"""The block from which Xception is built."""

from __future__ import annotations

from collections.abc import Sequence

import keras

from course_lib.blocks.branching_block import BranchingBlock
from course_lib.blocks.conv_block import MOMENTUM


def xception_block(
    filters: Sequence[int] = (728, 728, 728),
    strides: int = 1,
    first_relu: bool = True,
) -> BranchingBlock:
    """Make a block of separable convolutions with a shortcut (Chollet 2017, figure 5).

    For each of `filters`: ReLU, a 3×3 depthwise separable convolution and batch normalisation,
    without an activation between the depthwise and the pointwise step (§4.7). With stride 2 a
    3×3 max-pooling follows, and the shortcut is a 1×1 convolution with that stride; otherwise the
    shortcut is the identity.

    Args:
        filters: Feature maps of each separable convolution. With stride 1 the last number must be
            that of the input channels.
        strides: 1, as in the middle flow, or 2, which halves height and width.
        first_relu: Put a ReLU before the first convolution.

    Returns:
        A function of a symbolic tensor that maps `(batch, height, width, channels)` to
        `(batch, ⌈height / strides⌉, ⌈width / strides⌉, filters[-1])`. It is for the Functional
        API: branches cannot be written as a list of layers.

    Raises:
        ValueError: With stride 1, input and output differ in their number of channels.

    Example:
        >>> import keras
        >>> from course_lib.blocks import xception_block
        >>> inputs = keras.Input((32, 32, 64))
        >>> xception_block((128, 128), strides=2, first_relu=False)(inputs).shape
        (None, 16, 16, 128)
    """

    def apply(x: keras.KerasTensor) -> keras.KerasTensor:
        if strides == 1 and x.shape[-1] != filters[-1]:
            raise ValueError(
                f"The identity cannot be added: the input has {x.shape[-1]} channels and the "
                f"output {filters[-1]}. Use {x.shape[-1]} as the last of filters, or strides=2."
            )
        shortcut = x
        if strides > 1:
            shortcut = keras.layers.Conv2D(
                filters[-1], 1, strides=strides, padding="same", use_bias=False
            )(x)
            shortcut = keras.layers.BatchNormalization(momentum=MOMENTUM)(shortcut)
        y = x
        for number, width in enumerate(filters):
            if number or first_relu:
                y = keras.layers.ReLU()(y)
            y = keras.layers.SeparableConv2D(width, 3, padding="same", use_bias=False)(y)
            y = keras.layers.BatchNormalization(momentum=MOMENTUM)(y)
        if strides > 1:
            y = keras.layers.MaxPooling2D(3, strides=strides, padding="same")(y)
        return keras.layers.Add()([y, shortcut])

    return BranchingBlock(apply, name=f"xception_block({filters})")
