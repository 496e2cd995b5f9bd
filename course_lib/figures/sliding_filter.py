"""A filter that slides over an image."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from course_lib.figures.canvas import Canvas
from course_lib.figures.palette import ORANGE


def sliding_filter(image: ArrayLike, kernel: ArrayLike, stride: int = 1, steps: int = 3) -> Figure:
    """Draw the first positions of a filter on a small image, and its output at each of them.

    Args:
        image: Array `(height, width)`.
        kernel: Weights of the filter, `(rows, columns)`.
        stride: Pixels from one position to the next.
        steps: Number of positions to draw, row by row from the top left.

    Returns:
        A figure with one panel per position.

    Raises:
        ValueError: The filter is larger than the image.

    Example:
        >>> import numpy as np
        >>> figure = sliding_filter(np.eye(4), np.ones((2, 2)), steps=2)
        >>> [axes.get_title() for axes in figure.axes]
        ['1 + 0 + 0 + 1 = 2', '0 + 0 + 1 + 0 = 1']
    """
    image, kernel = np.asarray(image), np.asarray(kernel)
    rows, columns = kernel.shape
    positions = [
        (top, left)
        for top in range(0, len(image) - rows + 1, stride)
        for left in range(0, image.shape[1] - columns + 1, stride)
    ][:steps]
    if not positions:
        raise ValueError(f"A filter {kernel.shape} does not fit into an image {image.shape}.")
    figure = Canvas(
        2.9 * len(positions),
        3.3,
        "At each position: multiply each pixel by the weight on it (small), and add the products",
    )
    panels = figure.subplots(1, len(positions), squeeze=False)[0]
    for axes, (top, left) in zip(panels, positions, strict=True):
        axes.imshow(image, cmap="Blues", vmin=0, vmax=2.5 * max(1, np.max(image)))
        for (row, column), value in np.ndenumerate(image):
            axes.text(column, row, f"{value:g}", ha="center", va="center", fontsize=12)
        for (row, column), weight in np.ndenumerate(kernel):
            axes.text(
                left + column + 0.45, top + row + 0.44, f"×{weight:g}",
                ha="right", va="bottom", fontsize=7.5, color="#A84300",
            )  # fmt: skip
        axes.add_patch(
            Rectangle((left - 0.5, top - 0.5), columns, rows, fill=False, ec=ORANGE, lw=3)
        )
        products = (image[top : top + rows, left : left + columns] * kernel).ravel()
        axes.set_title(
            " + ".join(f"{value:g}" for value in products) + f" = {products.sum():g}", fontsize=9
        )
        axes.set(xticks=(), yticks=())
    return figure
