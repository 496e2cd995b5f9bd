"""Many small images with captions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from course_lib.figures.canvas import Canvas


def image_grid(
    images: ArrayLike, captions: Sequence[str] = (), title: str = "", columns: int = 10
) -> Figure:
    """Draw images in rows, each with its caption above it.

    Args:
        images: Array `(n, height, width)` or `(n, height, width, channels)`, uint8 in
            [0, 255] or float in [0, 1].
        captions: One caption per image, or none.
        title: The finding, above the grid.
        columns: Images per row.

    Example:
        >>> import numpy as np
        >>> figure = image_grid(np.zeros((12, 28, 28), "uint8"), columns=6)
        >>> len(figure.axes)
        12
    """
    images = np.asarray(images)
    columns = max(1, min(columns, len(images)))
    rows = max(1, -(-len(images) // columns))
    lines = max((caption.count("\n") + 1 for caption in captions), default=0)
    size = 0.8 + (0.15 * lines + 0.05 if lines else 0)
    figure = Canvas(max(5.0, 0.9 * columns), size * rows + 0.5, title)
    bright = 255 if images.dtype == np.uint8 else 1
    for index, image in enumerate(images):
        axes = figure.add_subplot(rows, columns, index + 1)
        axes.imshow(image, cmap="gray_r", vmin=0, vmax=bright)
        axes.set_axis_off()
        if len(captions):
            axes.set_title(captions[index], fontsize=8, pad=2)
    return figure
