"""A depthwise separable convolutional block."""

from __future__ import annotations

import keras

from course_lib.blocks.block import Block
from course_lib.blocks.conv_block import MOMENTUM


def separable_conv_block(
    filters: int,
    kernel_size: int = 3,
    strides: int = 1,
    activation: str = "relu",
) -> Block:
    """Make a block of a depthwise and a pointwise convolution.

    The depthwise convolution applies one filter to each channel; the pointwise one, 1 × 1, mixes
    the channels of each pixel. Both are followed by batch normalisation and an activation. For c
    input channels they have k²·c + c·filters weights instead of k²·c·filters (Howard et al. 2017,
    "MobileNets", §3.1 and figure 3).

    Args:
        filters: Number of output channels.
        kernel_size: k, height and width of the depthwise filters, in pixels.
        strides: Pixels from one position of a depthwise filter to the next.
        activation: Name of a Keras activation.

    Returns:
        A `Block` that maps `(batch, height, width, channels)` to `(batch, ⌈height / strides⌉,
        ⌈width / strides⌉, filters)`.

    Example:
        >>> import keras
        >>> from course_lib.blocks import conv_block, separable_conv_block
        >>> inputs = keras.Input((16, 16, 64))
        >>> sum(layer.count_params() for layer in keras.Model(
        ...     inputs, separable_conv_block(128)(inputs)).layers)   # 9·64 + 4·64 + 64·128 + 4·128
        9536
        >>> keras.Model(inputs, conv_block(128)(inputs)).count_params()    # 9·64·128 + 4·128
        74240
    """

    def make_layers() -> list[keras.Layer]:
        return [
            keras.layers.DepthwiseConv2D(
                kernel_size, strides=strides, padding="same", use_bias=False
            ),
            keras.layers.BatchNormalization(momentum=MOMENTUM),
            keras.layers.Activation(activation),
            keras.layers.Conv2D(filters, 1, use_bias=False),
            keras.layers.BatchNormalization(momentum=MOMENTUM),
            keras.layers.Activation(activation),
        ]

    return Block(make_layers, name=f"separable_conv_block({filters})")
