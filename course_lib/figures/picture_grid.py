"""Many small pictures with a word under each."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from course_lib.figures.canvas import Canvas


def picture_grid(
    pictures, captions: Sequence[str] = (), title: str = "", columns: int = 10
) -> Figure:
    """Draw pictures in rows, each with its caption above it.

    Args:
        pictures: Array `(n, height, width)` or `(n, height, width, channels)`, uint8 in
            [0, 255] or float in [0, 1].
        captions: One text a picture, or none.
        title: The finding, above the grid.
        columns: Pictures a row.

    Returns:
        A `matplotlib.figure.Figure`.

    Example:
        >>> import numpy as np
        >>> figure = picture_grid(np.zeros((12, 28, 28), "uint8"), columns=6)
        >>> len(figure.axes)
        12
    """
    pictures = np.asarray(pictures)
    columns = max(1, min(columns, len(pictures)))
    rows = max(1, -(-len(pictures) // columns))
    lines = max((caption.count("\n") + 1 for caption in captions), default=0)
    size = 0.8 + (0.15 * lines + 0.05 if lines else 0)
    figure = Canvas(max(5.0, 0.9 * columns), size * rows + 0.5, title)
    bright = 255 if pictures.dtype == np.uint8 else 1
    for index, picture in enumerate(pictures):
        axes = figure.add_subplot(rows, columns, index + 1)
        axes.imshow(picture, cmap="gray_r", vmin=0, vmax=bright)
        axes.set_axis_off()
        if len(captions):
            axes.set_title(captions[index], fontsize=8, pad=2)
    return figure
