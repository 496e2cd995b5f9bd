"""The two blocks of residual networks."""

from __future__ import annotations

from collections.abc import Callable

import keras


def residual_block(
    filters: int, strides: int = 1, bottleneck: bool = False
) -> Callable[[keras.KerasTensor], keras.KerasTensor]:
    """Convolutions, and a shortcut around them whose values are added to theirs.

    The basic block is 3×3 → 3×3. The bottleneck is 1×1 → 3×3 → 1×1: it does its 3×3 convolution
    on few feature maps, and its output has four times as many. Each convolution is followed by
    batch normalisation and, but for the last, by a ReLU; the last ReLU comes after the sum
    (He et al. 2016, figure 5). The shortcut is the identity where the shapes agree, else a 1×1
    convolution with the same stride (§3.3, option B). The bottleneck's stride is in its 3×3
    convolution, as in everything trained since (the paper has it in the first 1×1).

    Args:
        filters: Feature maps of the 3×3 convolutions.
        strides: 2 halves height and width.
        bottleneck: The bottleneck instead of the basic block.

    Returns:
        A function of a symbolic tensor: it maps `(batch, height, width, channels)` to
        `(batch, ⌈height / strides⌉, ⌈width / strides⌉, filters)`, with a bottleneck to
        `4 · filters`. Two branches can't be written as a list: it is for the Functional API.

    Example:
        >>> import keras
        >>> from course_lib.blocks import residual_block
        >>> inputs = keras.Input((32, 32, 64))
        >>> residual_block(64)(inputs).shape
        (None, 32, 32, 64)
        >>> residual_block(64, strides=2, bottleneck=True)(inputs).shape
        (None, 16, 16, 256)
    """

    def apply(x: keras.KerasTensor) -> keras.KerasTensor:
        if bottleneck:
            outputs = 4 * filters
            y = _conv(x, filters, 1)
            y = keras.layers.ReLU()(y)
            y = _conv(y, filters, 3, strides)
            y = keras.layers.ReLU()(y)
            y = _conv(y, outputs, 1)
        else:
            outputs = filters
            y = _conv(x, filters, 3, strides)
            y = keras.layers.ReLU()(y)
            y = _conv(y, filters, 3)
        same = strides == 1 and x.shape[-1] == outputs
        shortcut = x if same else _conv(x, outputs, 1, strides)
        return keras.layers.ReLU()(keras.layers.Add()([shortcut, y]))

    return apply


def _conv(x, filters, size, strides=1):
    x = keras.layers.Conv2D(filters, size, strides=strides, padding="same", use_bias=False)(x)
    return keras.layers.BatchNormalization()(x)
