"""Sub-pixel convolution's last step: channels become pixels."""

from __future__ import annotations

from typing import Any

import keras


@keras.saving.register_keras_serializable(package="course_lib")
class SubPixel(keras.layers.Layer):
    """Moves channels into space, so that height and width grow (Shi et al. 2016, equation 4).

    `c · scale²` channels of one pixel become a square of `scale × scale` pixels with `c` channels.
    The first `c` channels are the upper left pixel of the square, the next ones its right
    neighbour, row by row, as in `tf.nn.depth_to_space`.

    Args:
        scale: How many times higher and wider the output is.
        **settings: As for every Keras layer.

    Raises:
        ValueError: The number of channels is not a multiple of `scale²`.

    Example:
        >>> import numpy as np
        >>> pixels = SubPixel(2)(np.arange(4.0).reshape(1, 1, 1, 4))
        >>> np.array(pixels)[0, :, :, 0].tolist()
        [[0.0, 1.0], [2.0, 3.0]]
    """

    def __init__(self, scale: int, **settings: Any) -> None:
        super().__init__(**settings)
        self.scale = scale

    def call(self, x: Any) -> Any:
        """Map `(batch, height, width, c · scale²)` to a larger image with `c` channels."""
        ops, scale = keras.ops, self.scale
        height, width = ops.shape(x)[1:3]
        channels = x.shape[-1] // scale**2
        x = ops.reshape(x, (-1, height, width, scale, scale, channels))
        x = ops.transpose(x, (0, 1, 3, 2, 4, 5))
        return ops.reshape(x, (-1, height * scale, width * scale, channels))

    def compute_output_shape(self, input_shape: Any) -> tuple[Any, ...]:
        """Multiply height and width, divide the channels."""
        batch, height, width, channels = input_shape
        if channels % self.scale**2:
            raise ValueError(
                f"{channels} channels do not make squares of {self.scale} × {self.scale} pixels: "
                f"use a multiple of {self.scale**2} filters."
            )
        sides = [side and side * self.scale for side in (height, width)]
        return (batch, *sides, channels // self.scale**2)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        return {**super().get_config(), "scale": self.scale}
