"""The block of U-Net's encoder."""

from __future__ import annotations

import keras

from course_lib.blocks.branching_block import BranchingBlock
from course_lib.blocks.convolve_twice import convolve_twice


def unet_encoder_block(filters: int, padding: str = "same") -> BranchingBlock:
    """Make a block of two convolutions that returns its output before and after pooling.

    Two 3×3 convolutions, each with a ReLU, then 2×2 max-pooling (Ronneberger et al. 2015, §2). What
    is before the pooling is the skip connection.

    Args:
        filters: Feature maps of both convolutions.
        padding: "same", or "valid" as in the paper: each convolution removes one pixel per side.

    Returns:
        A function of a symbolic tensor `(batch, height, width, channels)` that returns
        `(skip, pooled)`: with padding "same" `(batch, height, width, filters)`, and half of that,
        rounded down.

    Example:
        >>> import keras
        >>> skip, pooled = unet_encoder_block(8)(keras.Input((32, 32, 1)))
        >>> skip.shape, pooled.shape
        ((None, 32, 32, 8), (None, 16, 16, 8))
    """

    def apply(x: keras.KerasTensor) -> tuple[keras.KerasTensor, keras.KerasTensor]:
        skip = convolve_twice(x, filters, padding)
        return skip, keras.layers.MaxPooling2D()(skip)

    return BranchingBlock(apply, name=f"unet_encoder_block({filters})")
