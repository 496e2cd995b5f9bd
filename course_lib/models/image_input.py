"""The input of a network for images."""

from __future__ import annotations

from collections.abc import Sequence

import keras

from course_lib.models.check_sizes import check_sizes


def image_input(input_shape: Sequence[int | None], smallest: int = 1) -> keras.KerasTensor:
    """Return the input of a network for images.

    Args:
        input_shape: `(height, width, channels)`; a side may be None, for any size.
        smallest: Pixels that each side needs, so that no layer shrinks it to nothing.

    Returns:
        A `keras.Input` of shape `(batch, *input_shape)`.

    Raises:
        TypeError: The shape is one number.
        ValueError: The shape is not three sizes, or a side is too small.

    Example:
        >>> image_input((32, 32, 3)).shape
        (None, 32, 32, 3)
        >>> image_input((28, 28, 1), smallest=32)
        Traceback (most recent call last):
        ...
        ValueError: input_shape is (28, 28, 1); height and width should be 32 or more
    """
    check_sizes(input_shape=input_shape)
    shape = tuple(input_shape)
    if len(shape) != 3:
        raise ValueError(f"input_shape is {shape}; it should be (height, width, channels)")
    if any(side is not None and side < smallest for side in shape[:2]):
        raise ValueError(f"input_shape is {shape}; height and width should be {smallest} or more")
    return keras.Input(shape)
