"""The two blocks of residual networks: basic and bottleneck."""

from __future__ import annotations

import keras

from course_lib.blocks.branching_block import BranchingBlock
from course_lib.blocks.conv_block import MOMENTUM


def residual_block(
    filters: int,
    strides: int = 1,
    bottleneck: bool = False,
    shortcut: str | None = "projection",
    stride_in: str = "3x3",
    use_bias: bool = False,
    epsilon: float = 1e-3,
) -> BranchingBlock:
    """Make a block of convolutions with a shortcut that is added to their output.

    The basic block is 3×3 → 3×3. The bottleneck is 1×1 → 3×3 → 1×1: its 3×3 convolution works on
    few feature maps, and its output has four times as many. Each convolution is followed by batch
    normalisation and, except for the last, by a ReLU; the last ReLU follows the sum (He et al.
    2016, figure 5). If input and output have the same shape, the shortcut is the identity;
    otherwise it is what `shortcut` says (§3.3 and §4.1).

    Args:
        filters: Feature maps of the 3×3 convolutions.
        strides: 2 halves height and width.
        bottleneck: Make a bottleneck instead of a basic block.
        shortcut: For different shapes: "projection", a 1×1 convolution with the same stride
            (option B), or "padded", every `strides`-th pixel with zeros for the missing channels
            (option A, without weights). None: no shortcut at all, as in a plain network.
        stride_in: The convolution of a bottleneck that has the stride: "3x3", as in most later
            networks, or "1x1", the first one, as in the paper.
        use_bias: Give the convolutions a bias, although batch normalisation subtracts it.
        epsilon: Added to the variance by batch normalisation.

    Returns:
        A function of a symbolic tensor that maps `(batch, height, width, channels)` to
        `(batch, ⌈height / strides⌉, ⌈width / strides⌉, filters)`, with a bottleneck to
        `4 · filters`. It is for the Functional API: branches cannot be written as a list of
        layers.

    Raises:
        ValueError: Unknown `shortcut` or `stride_in`, or a padded shortcut would have to drop
            channels.

    Example:
        >>> import keras
        >>> from course_lib.blocks import residual_block
        >>> inputs = keras.Input((32, 32, 64))
        >>> residual_block(64)(inputs).shape
        (None, 32, 32, 64)
        >>> residual_block(64, strides=2, bottleneck=True)(inputs).shape
        (None, 16, 16, 256)
    """
    _check_settings(shortcut, stride_in)

    def conv(x: keras.KerasTensor, width: int, size: int, step: int = 1) -> keras.KerasTensor:
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
        # The shortcut comes first, so that the layers have the order of keras.applications.
        added = x
        if strides != 1 or x.shape[-1] != outputs:
            if shortcut == "projection":
                added = conv(x, outputs, 1, strides)
            elif shortcut == "padded":
                added = _pad_channels(x, outputs, strides)
        y = x
        for number, step in enumerate(steps):
            y = keras.layers.ReLU()(y) if number else y
            y = conv(y, *step)
        if shortcut is not None:
            y = keras.layers.Add()([added, y])
        return keras.layers.ReLU()(y)

    return BranchingBlock(apply, name=f"residual_block({filters})")


def _check_settings(shortcut: str | None, stride_in: str) -> None:
    if shortcut not in ("projection", "padded", None):
        raise ValueError(f'shortcut={shortcut!r}: write "projection", "padded" or None.')
    if stride_in not in ("3x3", "1x1"):
        raise ValueError(f'stride_in={stride_in!r}: write "3x3" or "1x1".')


def _pad_channels(x: keras.KerasTensor, outputs: int, strides: int) -> keras.KerasTensor:
    missing = outputs - x.shape[-1]
    if missing < 0:
        raise ValueError(
            f"A padded shortcut cannot reduce {x.shape[-1]} channels to {outputs}: "
            'use more filters, or shortcut="projection".'
        )
    if strides > 1:
        x = keras.layers.MaxPooling2D(1, strides=strides)(x)  # selects pixels
    # With "channels_first", the layer takes the height for the channels, and pads the last axis.
    sides = ((0, 0), (missing // 2, missing - missing // 2))
    return keras.layers.ZeroPadding2D(sides, data_format="channels_first")(x)
