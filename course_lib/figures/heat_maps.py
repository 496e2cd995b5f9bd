"""Where in an image something is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from course_lib.figures.canvas import Canvas


def heat_maps(images, heat, captions: Sequence[str] = (), title: str = "") -> Figure:
    """Draw each image, and below it the same image under its heat map.

    Args:
        images: Array `(n, height, width, channels)`, uint8 in [0, 255] or float in [0, 1].
        heat: Array `(n, rows, columns)` in [0, 1]: dark where nothing is, bright where much is.
        captions: One text an image, or none.
        title: The finding, above everything.

    Returns:
        A `matplotlib.figure.Figure` with two panels an image.

    Raises:
        ValueError: There are not as many heat maps as images.

    Example:
        >>> import numpy as np
        >>> figure = heat_maps(np.zeros((4, 32, 32, 3)), np.zeros((4, 2, 2)), title="All cold")
        >>> len(figure.axes)
        8
    """
    images, heat = np.asarray(images), np.asarray(heat)
    if len(images) != len(heat):
        raise ValueError(f"{len(images)} images and {len(heat)} heat maps: give one an image.")
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
