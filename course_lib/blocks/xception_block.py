"""The block that Xception is a stack of."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import keras

from course_lib.blocks.conv_block import MOMENTUM


def xception_block(
    filters: Sequence[int] = (728, 728, 728),
    strides: int = 1,
    first_relu: bool = True,
) -> Callable[[keras.KerasTensor], keras.KerasTensor]:
    """Separable convolutions with a shortcut around them (Chollet 2017, figure 5).

    ReLU, a 3×3 depthwise separable convolution and batch normalisation, once for each of
    `filters`; a depthwise and its pointwise step have nothing between them (§4.7). With stride 2 a
    3×3 max-pooling follows, and the shortcut is a 1×1 convolution with that stride; else it is the
    identity.

    Args:
        filters: Feature maps of each separable convolution. With stride 1 the last must be as
            many as come in.
        strides: 1, as in the middle flow, or 2, which halves height and width.
        first_relu: The ReLU before the first convolution.

    Returns:
        A function of a symbolic tensor: it maps `(batch, height, width, channels)` to
        `(batch, ⌈height / strides⌉, ⌈width / strides⌉, filters[-1])`. Two branches can't be
        written as a list: it is for the Functional API.

    Raises:
        ValueError: Stride 1, and another number of channels goes out than comes in.

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
                f"The identity can't be added: {x.shape[-1]} channels come in and {filters[-1]} "
                f"go out. Give {x.shape[-1]} as the last of filters, or strides=2."
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

    return apply
