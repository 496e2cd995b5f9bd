"""The two blocks of residual networks."""

from __future__ import annotations

from collections.abc import Callable

import keras

from course_lib.blocks.conv_block import MOMENTUM


def residual_block(
    filters: int,
    strides: int = 1,
    bottleneck: bool = False,
    shortcut: str | None = "projection",
    stride_in: str = "3x3",
    use_bias: bool = False,
    epsilon: float = 1e-3,
) -> Callable[[keras.KerasTensor], keras.KerasTensor]:
    """Convolutions, and a shortcut around them whose values are added to theirs.

    The basic block is 3×3 → 3×3. The bottleneck is 1×1 → 3×3 → 1×1: it does its 3×3 convolution
    on few feature maps, and its output has four times as many. Each convolution is followed by
    batch normalisation and, but for the last, by a ReLU; the last ReLU comes after the sum
    (He et al. 2016, figure 5). The shortcut is the identity where the shapes agree; where they do
    not, `shortcut` says what it is (§3.3 and §4.1).

    Args:
        filters: Feature maps of the 3×3 convolutions.
        strides: 2 halves height and width.
        bottleneck: The bottleneck instead of the basic block.
        shortcut: Where the shapes differ: "projection", a 1×1 convolution with the same stride
            (option B), or "padded", every `strides`-th pixel and zeros for the channels that are
            missing (option A: no weights). None: no shortcut anywhere, a block of a plain network.
        stride_in: Which convolution of a bottleneck has the stride: "3x3", as in everything
            trained since, or "1x1", the first, as in the paper.
        use_bias: Convolutions with a bias, which the batch normalisation subtracts again.
        epsilon: What batch normalisation adds to the variance.

    Returns:
        A function of a symbolic tensor: it maps `(batch, height, width, channels)` to
        `(batch, ⌈height / strides⌉, ⌈width / strides⌉, filters)`, with a bottleneck to
        `4 · filters`. Two branches can't be written as a list: it is for the Functional API.

    Raises:
        ValueError: There is no such `shortcut` or `stride_in`, or a padded shortcut would have
            to drop channels.

    Example:
        >>> import keras
        >>> from course_lib.blocks import residual_block
        >>> inputs = keras.Input((32, 32, 64))
        >>> residual_block(64)(inputs).shape
        (None, 32, 32, 64)
        >>> residual_block(64, strides=2, bottleneck=True)(inputs).shape
        (None, 16, 16, 256)
    """
    if shortcut not in ("projection", "padded", None):
        raise ValueError(f'shortcut={shortcut!r}: there are "projection", "padded" and None.')
    if stride_in not in ("3x3", "1x1"):
        raise ValueError(f'stride_in={stride_in!r}: there are "3x3" and "1x1".')

    def conv(x, width, size, step=1):
        x = keras.layers.Conv2D(width, size, strides=step, padding="same", use_bias=use_bias)(x)
        return keras.layers.BatchNormalization(momentum=MOMENTUM, epsilon=epsilon)(x)

    # (feature maps, kernel size, strides) of each convolution.
    if bottleneck:
        first, second = (strides, 1) if stride_in == "1x1" else (1, strides)
        steps = [(filters, 1, first), (filters, 3, second), (4 * filters, 1, 1)]
    else:
        steps = [(filters, 3, strides), (filters, 3, 1)]
    outputs = steps[-1][0]

    def apply(x: keras.KerasTensor) -> keras.KerasTensor:
        # The shortcut is made first: layers in the order in which keras.applications has them.
        added = x
        if strides != 1 or x.shape[-1] != outputs:
            if shortcut == "projection":
                added = conv(x, outputs, 1, strides)
            elif shortcut == "padded":
                added = _padded(x, outputs, strides)
        y = x
        for number, step in enumerate(steps):
            y = keras.layers.ReLU()(y) if number else y
            y = conv(y, *step)
        if shortcut is not None:
            y = keras.layers.Add()([added, y])
        return keras.layers.ReLU()(y)

    return apply


def _padded(x, outputs, strides):
    missing = outputs - x.shape[-1]
    if missing < 0:
        raise ValueError(
            f"A padded shortcut can't make {outputs} channels of {x.shape[-1]}: "
            'give more filters, or shortcut="projection".'
        )
    if strides > 1:
        x = keras.layers.MaxPooling2D(1, strides=strides)(x)  # of one pixel: every second one
    # Told that the channels come first, it takes height for channels and pads width and channels.
    sides = ((0, 0), (missing // 2, missing - missing // 2))
    return keras.layers.ZeroPadding2D(sides, data_format="channels_first")(x)
