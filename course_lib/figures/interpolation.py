"""From one image to another in small steps."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from course_lib.figures.canvas import Canvas


def interpolation(
    rows: ArrayLike, title: str = "From one image to another in small steps"
) -> Figure:
    """Draw rows of images, each a path from its first image to its last.

    Args:
        rows: Array `(rows, steps, height, width)`, float in [0, 1].
        title: The finding, above the rows.

    Raises:
        ValueError: The array has another number of axes.

    Example:
        >>> import numpy as np
        >>> len(interpolation(np.zeros((3, 8, 28, 28))).axes)
        3
    """
    rows = np.asarray(rows)
    if rows.ndim != 4:
        raise ValueError(f"The shape should be (rows, steps, height, width), and is {rows.shape}.")
    count, steps, height, width = rows.shape
    figure = Canvas(max(5.0, 0.75 * steps), 0.8 * count + 0.5, title)
    for axes, row in zip(figure.subplots(count, 1, squeeze=False)[:, 0], rows, strict=True):
        axes.imshow(row.transpose(1, 0, 2).reshape(height, steps * width), cmap="gray_r")
        axes.set_axis_off()
    return figure
