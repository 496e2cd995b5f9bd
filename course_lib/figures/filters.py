"""What the first filters of a network look for."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from course_lib.figures.canvas import Canvas


def filters(kernel, columns: int = 8) -> Figure:
    """Draw the filters of a convolution that sees colours, each as a small image.

    Grey stands for weights of 0; a colour is what the filter likes there, its opposite what it
    dislikes. Each filter is scaled by its own largest weight.

    Args:
        kernel: Weights `(rows, columns, 3, filters)`, or with 1 in place of 3.
        columns: Filters a row.

    Returns:
        A `matplotlib.figure.Figure` with one panel a filter.

    Raises:
        ValueError: The filters see neither one channel nor three, so they have no colours.

    Example:
        >>> import numpy as np
        >>> figure = filters(np.random.default_rng(0).normal(size=(3, 3, 3, 16)))
        >>> len(figure.axes), figure.get_suptitle()
        (16, 'What 16 filters of 3 × 3 pixels look for: grey is weight 0')
    """
    kernel = np.asarray(kernel, dtype=float)
    rows, across, channels, count = kernel.shape
    if channels not in (1, 3):
        raise ValueError(
            f"Filters on {channels} channels can't be shown in colours: take those of the first "
            "layer, which see red, green and blue."
        )
    columns = min(columns, count)
    lines = -(-count // columns)
    figure = Canvas(
        max(5.0, 0.9 * columns),
        0.9 * lines + 0.5,
        f"What {count} filters of {rows} × {across} pixels look for: grey is weight 0",
    )
    for number in range(count):
        one = kernel[..., number]
        axes = figure.add_subplot(lines, columns, number + 1)
        axes.imshow(0.5 + 0.5 * one / max(np.abs(one).max(), 1e-12), cmap="gray", vmin=0, vmax=1)
        axes.set_axis_off()
    return figure
