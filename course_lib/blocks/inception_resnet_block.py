"""The block from which Inception-ResNet is built."""

from __future__ import annotations

from collections.abc import Sequence

import keras

from course_lib.blocks.branching_block import BranchingBlock
from course_lib.blocks.conv_block import conv_block


def inception_resnet_block(
    branches: Sequence[Sequence[tuple[int, int | tuple[int, int]]]],
    scale: float = 0.2,
    activation: str = "relu",
) -> BranchingBlock:
    """Make a block of parallel branches, as in an inception module, that are added to the input.

    Every convolution of a branch has batch normalisation and a ReLU. A final 1×1 convolution with
    neither maps the concatenated branches to the channels of the input. Its output is scaled
    down, so that training stays stable, and added to the input (Szegedy et al. 2017, figures 16,
    17 and 19; scaling: §3.3 and figure 20).

    Args:
        branches: For each branch its convolutions in order, as `(filters, kernel_size)`.
        scale: Factor of the branches in the sum.
        activation: Name of the activation after the sum.

    Returns:
        A function of a symbolic tensor `(batch, height, width, channels)` that returns another
        one of the same shape. It is for the Functional API: branches cannot be written as a list
        of layers.

    Example:
        >>> import keras
        >>> from course_lib.blocks import inception_resnet_block
        >>> inputs = keras.Input((35, 35, 320))
        >>> block_a = inception_resnet_block([[(32, 1)], [(32, 1), (32, 3)],
        ...                                   [(32, 1), (48, 3), (64, 3)]])
        >>> block_a(inputs).shape
        (None, 35, 35, 320)
    """

    def apply(x: keras.KerasTensor) -> keras.KerasTensor:
        ends = []
        for branch in branches:
            y = x
            for filters, kernel_size in branch:
                y = conv_block(filters, kernel_size, scale=False)(y)
            ends.append(y)
        mixed = keras.layers.Concatenate()(ends) if len(ends) > 1 else ends[0]
        up = keras.layers.Conv2D(x.shape[-1], 1)(mixed)
        y = keras.layers.Add()([x, keras.layers.Rescaling(scale)(up)])
        return keras.layers.Activation(activation)(y)

    return BranchingBlock(apply, name="inception_resnet_block(…)")
