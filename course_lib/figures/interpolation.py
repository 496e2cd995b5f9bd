"""From one image to another in small steps."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from course_lib.figures.canvas import Canvas


def interpolation(rows, title: str = "From one image to another without a jump") -> Figure:
    """Draw rows of images, each a way from its first image to its last.

    Args:
        rows: Array `(rows, steps, height, width)`, float in [0, 1].
        title: The finding, above the rows.

    Returns:
        A `matplotlib.figure.Figure`.

    Raises:
        ValueError: The array has another number of axes.

    Example:
        >>> import numpy as np
        >>> len(interpolation(np.zeros((3, 8, 28, 28))).axes)
        3
    """
    rows = np.asarray(rows)
    if rows.ndim != 4:
        raise ValueError(f"interpolation draws (rows, steps, height, width), not {rows.shape}.")
    count, steps, height, width = rows.shape
    figure = Canvas(max(5.0, 0.75 * steps), 0.8 * count + 0.5, title)
    for axes, row in zip(np.ravel(figure.subplots(count, 1)), rows, strict=True):
        axes.imshow(row.transpose(1, 0, 2).reshape(height, steps * width), cmap="gray_r")
        axes.set_axis_off()
    return figure
