"""ESPCN: super-resolution that computes at the low resolution."""

from __future__ import annotations

import keras

from course_lib.blocks.sub_pixel import SubPixel
from course_lib.models.check_sizes import check_sizes


def espcn(
    scale: int = 3, filters: tuple[int, int] = (64, 32), channels: int = 1, residual: bool = False
) -> keras.Model:
    """Build the efficient sub-pixel convolutional network (Shi et al. 2016, §3.3.1).

    Convolutions of 5 × 5, 3 × 3 and 3 × 3 see the small image; only the last step makes it large.
    The defaults are those of the paper.

    Args:
        scale: How many times higher and wider the output is.
        filters: Feature maps of the first two convolutions.
        channels: 1 for the luminance, 3 for colours.
        residual: Whether the output is added to the bicubic enlargement (Kim et al. 2016, "VDSR").
            The network then learns only what bicubic interpolation misses, in fewer updates.

    Returns:
        A Functional model, not compiled, from images `(batch, height, width, channels)` to images
        `(batch, scale · height, scale · width, channels)`, of any size.

    Example:
        >>> model = espcn(scale=3)
        >>> model.output_shape, model.count_params()
        ((None, None, None, 1), 22729)
    """
    check_sizes(scale=(scale,), filters=filters, channels=(channels,))
    inputs = x = keras.Input((None, None, channels))
    for width, size in zip(filters, (5, 3), strict=True):
        x = keras.layers.Conv2D(width, size, padding="same", activation="tanh")(x)
    x = keras.layers.Conv2D(channels * scale**2, 3, padding="same")(x)
    x = SubPixel(scale)(x)
    if residual:
        large = keras.layers.UpSampling2D(scale, interpolation="bicubic")(inputs)
        x = keras.layers.Add()([large, x])
    return keras.Model(inputs, x, name="espcn")
