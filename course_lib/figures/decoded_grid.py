"""What a decoder makes of every place on its map."""

from __future__ import annotations

from math import isqrt

import numpy as np
from matplotlib.figure import Figure

from course_lib.figures.canvas import Canvas


def decoded_grid(images, codes) -> Figure:
    """Draw images decoded from a square grid of codes, each in the place of its code.

    Args:
        images: Array `(n * n, height, width)`, float in [0, 1].
        codes: Array `(n * n, 2)`, in the order of the images: a full grid of n values of each
            coordinate, in any order.

    Returns:
        A `matplotlib.figure.Figure` in which the first coordinate runs to the right and the
        second one up.

    Raises:
        ValueError: The codes are no full square grid, or not one an image.

    Example:
        >>> import numpy as np
        >>> codes = [(a, b) for b in (-1, 1) for a in (-1, 1)]
        >>> decoded_grid(np.zeros((4, 28, 28)), codes).get_suptitle()
        'Every place of the map is an image, and neighbours look alike'
    """
    images, codes = np.asarray(images), np.asarray(codes, dtype=float)
    steps = isqrt(len(codes))
    first, second = (np.unique(codes[:, axis].round(6)) for axis in (0, 1))
    if len(images) != len(codes) or len(first) != steps or len(second) != steps:
        raise ValueError(
            f"{len(images)} images and {len(codes)} codes with {len(first)} × {len(second)} "
            "different coordinates: a square grid with one image a code is needed."
        )
    order = np.lexsort((codes[:, 0], -codes[:, 1]))
    height, width = images.shape[1:]
    wall = images[order].reshape(steps, steps, height, width)
    wall = wall.transpose(0, 2, 1, 3).reshape(steps * height, steps * width)

    figure = Canvas(6.4, 6.6, "Every place of the map is an image, and neighbours look alike")
    axes = figure.subplots()
    axes.imshow(wall, cmap="gray_r", vmin=0, vmax=1)
    shown = np.arange(0, steps, max(1, steps // 7))
    axes.set_xticks(width * (shown + 0.5), [f"{first[i]:.1f}" for i in shown])
    axes.set_yticks(height * (shown + 0.5), [f"{second[::-1][i]:.1f}" for i in shown])
    axes.set(xlabel="code $z_1$, at even steps of probability", ylabel="code $z_2$")
    axes.spines[:].set_visible(False)
    return figure
