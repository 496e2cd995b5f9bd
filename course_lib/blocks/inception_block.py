"""The inception module, from which GoogLeNet is built."""

from __future__ import annotations

import keras

from course_lib.blocks.branching_block import BranchingBlock
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
) -> BranchingBlock:
    """Make a block of four parallel branches: 1×1, 3×3 and 5×5 convolutions, and pooling.

    A 1×1 convolution before the 3×3 and the 5×5 one reduces the number of their input maps, and
    another one follows the 3×3 max-pooling (stride 1). All convolutions have a bias and a ReLU.
    The feature maps of the branches are concatenated (Szegedy et al. 2015, figure 2b; the
    arguments are in the order of table 1).

    Args:
        filters_1x1: Feature maps of the 1×1 branch.
        reduce_3x3: Feature maps of the reduction in the 3×3 branch.
        filters_3x3: Feature maps of the 3×3 branch.
        reduce_5x5: Feature maps of the reduction in the 5×5 branch.
        filters_5x5: Feature maps of the 5×5 branch.
        filters_pool: Feature maps of the pooling branch.
        batch_norm: Use batch normalisation instead of biases (Ioffe & Szegedy 2015).
        name: Name of the layer that concatenates the branches, such as "inception_3a".

    Returns:
        A function of a symbolic tensor that maps `(batch, height, width, channels)` to
        `(batch, height, width, filters_1x1 + filters_3x3 + filters_5x5 + filters_pool)`. It is
        for the Functional API: branches cannot be written as a list of layers.

    Example:
        >>> import keras
        >>> from course_lib.blocks import inception_block
        >>> inputs = keras.Input((28, 28, 192))
        >>> inception_3a = inception_block(64, 96, 128, 16, 32, 32)
        >>> inception_3a(inputs).shape
        (None, 28, 28, 256)
    """

    def conv(x: keras.KerasTensor, filters: int, size: int) -> keras.KerasTensor:
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

    return BranchingBlock(apply, name=f"inception_block({filters_1x1}, …)")
