"""The block of U-Net's decoder."""

from __future__ import annotations

import keras

from course_lib.blocks.branching_block import BranchingBlock
from course_lib.blocks.convolve_twice import convolve_twice


def unet_decoder_block(filters: int, padding: str = "same", skips: bool = True) -> BranchingBlock:
    """Make a block that doubles height and width and adds what the encoder saw at that size.

    A 2×2 transposed convolution with stride 2, concatenation with the skip connection, cropped
    around its centre if it is larger, and two 3×3 convolutions, each with a ReLU (Ronneberger et
    al. 2015, §2).

    Args:
        filters: Feature maps of all three convolutions.
        padding: "same", or "valid" as in the paper.
        skips: Use the skip connection; without it, the block is that of an autoencoder.

    Returns:
        A function of a pair of symbolic tensors, `(x, skip)`: `(batch, height, width, channels)`
        and a tensor of at least twice that height and width. It returns, with padding "same",
        `(batch, 2 · height, 2 · width, filters)`.

    Example:
        >>> import keras
        >>> x, skip = keras.Input((16, 16, 16)), keras.Input((32, 32, 8))
        >>> unet_decoder_block(8)((x, skip)).shape
        (None, 32, 32, 8)
    """

    def apply(pair: tuple[keras.KerasTensor, keras.KerasTensor]) -> keras.KerasTensor:
        x, skip = pair
        x = keras.layers.Conv2DTranspose(filters, 2, strides=2)(x)
        if skips:
            x = keras.layers.Concatenate()([_crop(skip, x), x])
        return convolve_twice(x, filters, padding)

    return BranchingBlock(apply, name=f"unet_decoder_block({filters})")


def _crop(skip: keras.KerasTensor, x: keras.KerasTensor) -> keras.KerasTensor:
    """Crop a skip connection around its centre to the height and width of x."""
    sides = [
        large - small if large is not None and small is not None else 0
        for large, small in zip(skip.shape[1:3], x.shape[1:3], strict=True)
    ]
    if not any(sides):
        return skip
    return keras.layers.Cropping2D([(side // 2, side - side // 2) for side in sides])(skip)
