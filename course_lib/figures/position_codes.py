"""The codes of positions, and how similar they are."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from course_lib.figures.canvas import Canvas
from course_lib.figures.hide_frame import hide_frame
from course_lib.figures.palette import BLUE, GREEN, ORANGE


def position_codes(codes: ArrayLike) -> Figure:
    """Draw the codes of positions, and the products of some codes with all others.

    Args:
        codes: Array `(length, width)`, one code for each position.

    Returns:
        A figure with two panels: the codes as an image, and the product of the codes at a quarter,
        half and three quarters of the length with all others. Its title tells whether each of
        these codes is most similar to itself.

    Example:
        >>> from course_lib.blocks import sinusoidal_encoding
        >>> print(position_codes(sinusoidal_encoding(40, 16)).get_suptitle())
        Each of these codes is most similar to itself, and similar to its neighbours
    """
    codes = np.asarray(codes, float)
    places = [len(codes) * quarter // 4 for quarter in (1, 2, 3)]
    products = codes[places] @ codes.T
    is_best = np.all(products.argmax(axis=1) == places)
    figure = Canvas(
        8.0,
        3.4,
        "Each of these codes is most similar to itself, and similar to its neighbours"
        if is_best
        else "Not each of these codes is most similar to itself",
    )
    left, right = figure.subplots(1, 2)
    shown = left.imshow(codes, cmap="RdBu", vmin=-1, vmax=1, aspect="auto")
    left.set(xlabel="column", ylabel="position")
    figure.colorbar(shown, ax=left)
    for place, row, colour, style in zip(
        places, products, (BLUE, ORANGE, GREEN), ("-", "--", "-."), strict=True
    ):
        right.plot(row, style, color=colour, label=f"position {place}")
    low, high = products.min(), products.max()
    right.set(xlabel="position", ylabel="product of the codes", ylim=(low, 1.2 * high - 0.2 * low))
    right.legend(frameon=False, fontsize=8, ncols=3, loc="upper center")
    hide_frame(right)
    return figure
