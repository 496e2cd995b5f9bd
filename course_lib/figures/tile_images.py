"""Many small images as one."""

from __future__ import annotations

import numpy as np


def tile_images(images: np.ndarray, columns: int, gap: tuple[int, int] = (2, 2)) -> np.ndarray:
    """Return one image of all images in rows, each with a gap above and to its left.

    Args:
        images: Array `(n, height, width)` or `(n, height, width, channels)`.
        columns: Images per row.
        gap: Rows and columns of pixels between images, filled with 0.

    Example:
        >>> tile_images(np.ones((5, 28, 28)), columns=3).shape
        (60, 90)
    """
    images = np.pad(
        images,
        [(0, -len(images) % columns), (gap[0], 0), (gap[1], 0)] + [(0, 0)] * (images.ndim - 3),
    )
    count, height, width, *channels = images.shape
    grid = images.reshape(count // columns, columns, height, width, *channels).swapaxes(1, 2)
    return grid.reshape(count // columns * height, columns * width, *channels)
