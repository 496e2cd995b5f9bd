"""The filters of a first convolution."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from course_lib.figures.canvas import Canvas


def filters(kernel: ArrayLike, columns: int = 8) -> Figure:
    """Draw the filters of a convolution on colour or grey images, each as a small image.

    Grey is weight 0. A colour in the image that is also the colour of the filter there increases
    the output; the opposite colour decreases it. Each filter is scaled by its largest weight.

    Args:
        kernel: Weights `(rows, columns, channels, filters)` with 3 channels or 1.
        columns: Filters per row.

    Returns:
        A figure with one panel per filter.

    Raises:
        ValueError: The number of channels is neither 1 nor 3.

    Example:
        >>> import numpy as np
        >>> figure = filters(np.random.default_rng(0).normal(size=(3, 3, 3, 16)))
        >>> len(figure.axes), figure.get_suptitle()
        (16, 'What 16 filters of 3 × 3 pixels respond to: grey is weight 0')
    """
    kernel = np.asarray(kernel, dtype=float)
    rows, across, channels, count = kernel.shape
    if channels not in (1, 3):
        raise ValueError(
            f"Filters on {channels} channels cannot be shown as images: take those of the first "
            "layer, which has red, green and blue."
        )
    columns = min(columns, count)
    lines = -(-count // columns)
    figure = Canvas(
        max(5.0, 0.9 * columns),
        0.9 * lines + 0.5,
        f"What {count} filters of {rows} × {across} pixels respond to: grey is weight 0",
    )
    for number in range(count):
        one = kernel[..., number]
        axes = figure.add_subplot(lines, columns, number + 1)
        axes.imshow(0.5 + 0.5 * one / max(np.abs(one).max(), 1e-12), cmap="gray", vmin=0, vmax=1)
        axes.set_axis_off()
    return figure
