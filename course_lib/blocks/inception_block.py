"""The module that GoogLeNet is a stack of."""

from __future__ import annotations

from collections.abc import Callable

import keras

from course_lib.blocks.conv_block import conv_block


def inception_block(
    filters_1x1: int,
    reduce_3x3: int,
    filters_3x3: int,
    reduce_5x5: int,
    filters_5x5: int,
    filters_pool: int,
    batch_norm: bool = False,
    name: str | None = None,
) -> Callable[[keras.KerasTensor], keras.KerasTensor]:
    """Four branches on the same input, side by side: 1×1, 3×3, 5×5 and pooling.

    A 1×1 convolution before the 3×3 and the 5×5 reduces the number of feature maps that they have
    to look at, and another one follows the 3×3 max-pooling (stride 1). All convolutions have a
    bias and a ReLU; the branches' feature maps are put one behind the other (Szegedy et al. 2015,
    figure 2b; the arguments are in the order of table 1).

    Args:
        filters_1x1: Feature maps of the 1×1 branch.
        reduce_3x3, filters_3x3: Of the reduction and of the convolution in the 3×3 branch.
        reduce_5x5, filters_5x5: The same for 5×5.
        filters_pool: Feature maps after the pooling branch's 1×1 convolution.
        batch_norm: Batch normalisation in place of each bias (Ioffe & Szegedy 2015).
        name: Of the layer that puts the four together, such as "inception_3a".

    Returns:
        A function of a symbolic tensor: it maps `(batch, height, width, channels)` to
        `(batch, height, width, filters_1x1 + filters_3x3 + filters_5x5 + filters_pool)`. Four
        branches can't be written as a list: it is for the Functional API.

    Example:
        >>> import keras
        >>> from course_lib.blocks import inception_block
        >>> inputs = keras.Input((28, 28, 192))
        >>> inception_3a = inception_block(64, 96, 128, 16, 32, 32)
        >>> inception_3a(inputs).shape
        (None, 28, 28, 256)
    """

    def conv(x, filters, size):
        if batch_norm:
            return conv_block(filters, size)(x)
        return keras.layers.Conv2D(filters, size, padding="same", activation="relu")(x)

    def apply(x: keras.KerasTensor) -> keras.KerasTensor:
        pooled = keras.layers.MaxPooling2D(3, strides=1, padding="same")(x)
        branches = [
            conv(x, filters_1x1, 1),
            conv(conv(x, reduce_3x3, 1), filters_3x3, 3),
            conv(conv(x, reduce_5x5, 1), filters_5x5, 5),
            conv(pooled, filters_pool, 1),
        ]
        return keras.layers.Concatenate(name=name)(branches)

    return apply
