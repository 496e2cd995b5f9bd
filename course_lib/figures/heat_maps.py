"""Heat maps over images."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from course_lib.figures.canvas import Canvas


def heat_maps(
    images: ArrayLike, heat: ArrayLike, captions: Sequence[str] = (), title: str = ""
) -> Figure:
    """Draw each image, and below it the same image with its heat map.

    Args:
        images: Array `(n, height, width, channels)`, uint8 in [0, 255] or float in [0, 1].
        heat: Array `(n, rows, columns)` in [0, 1]; 0 is dark, 1 is bright.
        captions: One caption per image, or none.
        title: The finding, above everything.

    Returns:
        A figure with two panels per image.

    Raises:
        ValueError: The numbers of images and heat maps differ.

    Example:
        >>> import numpy as np
        >>> figure = heat_maps(np.zeros((4, 32, 32, 3)), np.zeros((4, 2, 2)), title="All cold")
        >>> len(figure.axes)
        8
    """
    images, heat = np.asarray(images), np.asarray(heat)
    if len(images) != len(heat):
        raise ValueError(f"{len(images)} images and {len(heat)} heat maps: pass one per image.")
    count = len(images)
    figure = Canvas(max(5.0, 1.15 * count), 3.2, title)
    panels = figure.subplots(2, count, squeeze=False)
    edge = (-0.5, images.shape[2] - 0.5, images.shape[1] - 0.5, -0.5)
    for number, (above, below) in enumerate(panels.T):
        above.imshow(images[number])
        if len(captions):
            above.set_title(captions[number], fontsize=8, pad=3)
        grey = images[number].mean(axis=-1)
        below.imshow(grey, cmap="gray")
        below.imshow(
            heat[number], cmap="inferno", vmin=0, vmax=1, alpha=0.6,
            extent=edge, interpolation="bilinear",
        )  # fmt: skip
        above.set_axis_off()
        below.set_axis_off()
    return figure
