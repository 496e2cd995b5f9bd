"""The preprocessing that belongs to a pre-trained network."""

from __future__ import annotations

from collections.abc import Callable

import keras
import numpy as np

from course_lib.transfer.find_application import find_application


def preprocess_input(name: str = "small_vgg") -> Callable[[np.ndarray], np.ndarray]:
    """Return the function that turns RGB pixels from 0 to 255 into inputs of a network.

    Args:
        name: Name of the network, as for `backbone`.

    Returns:
        A function of images `(batch, height, width, 3)` that returns float32 of the same shape
        and does not change the images.

    Raises:
        ValueError: No network has that name.

    Example:
        >>> import numpy as np
        >>> from course_lib.transfer import preprocess_input
        >>> red = np.array([[[[255, 0, 0]]]], "uint8")
        >>> preprocess_input("vgg16")(red).round().astype(int).ravel().tolist()   # blue, green, red
        [-104, -117, 131]
    """
    _, module = find_application("vgg16" if name == "small_vgg" else name)

    def preprocess(images: np.ndarray) -> np.ndarray:
        # Keras' own functions change float arrays in place.
        pixels = keras.ops.convert_to_numpy(images).astype("float32")
        return module.preprocess_input(pixels)

    preprocess.__qualname__ = f"{module.__name__}.preprocess_input"
    return preprocess
