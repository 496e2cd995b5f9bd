"""Many small images with captions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from course_lib.figures.canvas import Canvas
from course_lib.figures.tile_images import tile_images

CELL = 0.8  # inches


def image_grid(
    images: ArrayLike, captions: Sequence[object] = (), title: str = "", columns: int = 10
) -> Figure:
    """Draw images in rows, each with its caption above it.

    Args:
        images: Array `(n, height, width)` or `(n, height, width, channels)` with 1 or 3 channels;
            integers in [0, 255], or floats in [0, 1] or [0, 255].
        captions: One caption per image, a string or a number, or none.
        title: The finding, above the grid.
        columns: Images per row.

    Raises:
        ValueError: This is not an array of images, or there are fewer or more captions.

    Example:
        >>> import numpy as np
        >>> figure = image_grid(np.zeros((12, 28, 28), "uint8"), range(12), columns=6)
        >>> len(figure.axes), len(figure.axes[0].texts)
        (1, 12)
    """
    colours = _as_colours(np.asarray(images))
    texts = [str(caption) for caption in captions]
    if texts and len(texts) != len(colours):
        raise ValueError(f"There are {len(colours)} images and {len(texts)} captions.")
    columns = max(1, min(columns, len(colours)))
    rows = max(1, -(-len(colours) // columns))
    lines = max((text.count("\n") + 1 for text in texts), default=0)
    above = 0.15 * lines + 0.05 if lines else 0  # inches for captions
    # Many rows without captions are made smaller, so that they fit a screen.
    scale = 1.0 if lines else min(1.0, 7 / (CELL * rows))
    figure = Canvas(max(5.0, 0.9 * columns * scale), (CELL + above) * rows * scale + 0.5, title)
    if not len(colours):
        return figure
    height, width = colours.shape[1:3]
    pixels = height / CELL  # per inch
    gap = max(1, round(above * pixels) + height // 20), max(1, width // 9)
    axes = figure.subplots()
    # `tile_images` fills with 0: black, which is white after the inversion.
    axes.imshow(1 - tile_images(1 - colours, columns, gap))
    axes.set_axis_off()
    for index, text in enumerate(texts):
        row, column = divmod(index, columns)
        x = column * (width + gap[1]) + gap[1] + width / 2
        y = row * (height + gap[0]) + gap[0] - 0.03 * pixels
        axes.text(x, y, text, fontsize=8, ha="center", va="bottom")
    return figure


def _as_colours(images: np.ndarray) -> np.ndarray:
    """Return images as red, green and blue in [0, 1], `(n, height, width, 3)`; ink is black."""
    if images.ndim not in (3, 4) or images.shape[3:] not in ((), (1,), (3,)):
        raise ValueError(
            f"The images have the shape {images.shape}; it should be (n, height, width) or "
            "(n, height, width, channels) with 1 or 3 channels. One image: image[None]."
        )
    is_byte = images.dtype.kind in "iu" or (
        images.size and np.nanmax(images) > 2
    )  # 1 and its rounding
    values = np.nan_to_num(images.astype("float32") / (255 if is_byte else 1)).clip(0, 1)
    if images.shape[3:] == (3,):
        return values
    return np.repeat((1 - values).reshape(*images.shape[:3], 1), 3, axis=-1)
