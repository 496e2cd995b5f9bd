"""Images decoded from a grid of codes."""

from __future__ import annotations

from math import isqrt

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from course_lib.figures.canvas import Canvas


def decoded_grid(images: ArrayLike, codes: ArrayLike) -> Figure:
    """Draw images decoded from a square grid of codes, each at the position of its code.

    Args:
        images: Array `(n * n, height, width)`, float in [0, 1].
        codes: Array `(n * n, 2)`, in the order of the images: a complete grid with n values of
            each coordinate, in any order.

    Returns:
        A figure with the first coordinate to the right and the second one upwards.

    Raises:
        ValueError: The codes do not form a complete square grid, or do not match the images.

    Example:
        >>> import numpy as np
        >>> codes = [(a, b) for b in (-1, 1) for a in (-1, 1)]
        >>> decoded_grid(np.zeros((4, 28, 28)), codes).get_suptitle()
        'Every point of the latent space is an image, and neighbours look alike'
    """
    images, codes = np.asarray(images), np.asarray(codes, dtype=float)
    steps = isqrt(len(codes))
    first, second = (np.unique(codes[:, axis].round(6)) for axis in (0, 1))
    if len(images) != len(codes) or len(first) != steps or len(second) != steps:
        raise ValueError(
            f"{len(images)} images and {len(codes)} codes with {len(first)} × {len(second)} "
            "different coordinates: decoded_grid needs a square grid with one image per code."
        )
    order = np.lexsort((codes[:, 0], -codes[:, 1]))
    height, width = images.shape[1:]
    rows = images[order].reshape(steps, steps, height, width).transpose(0, 2, 1, 3)
    grid = rows.reshape(steps * height, steps * width)

    figure = Canvas(
        6.4, 6.6, "Every point of the latent space is an image, and neighbours look alike"
    )
    axes = figure.subplots()
    axes.imshow(grid, cmap="gray_r", vmin=0, vmax=1)
    shown = np.arange(0, steps, max(1, steps // 7))
    axes.set_xticks(width * (shown + 0.5), [f"{first[i]:.1f}" for i in shown])
    axes.set_yticks(height * (shown + 0.5), [f"{second[::-1][i]:.1f}" for i in shown])
    axes.set(xlabel="code $z_1$, in equal steps of probability", ylabel="code $z_2$")
    axes.spines[:].set_visible(False)
    return figure
