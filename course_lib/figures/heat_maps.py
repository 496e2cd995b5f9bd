"""Where in a picture something is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from course_lib.figures.canvas import Canvas


def heat_maps(pictures, heat, captions: Sequence[str] = (), title: str = "") -> Figure:
    """Draw each picture, and below it the same picture under its heat map.

    Args:
        pictures: Array `(n, height, width, channels)`, uint8 in [0, 255] or float in [0, 1].
        heat: Array `(n, rows, columns)` in [0, 1]: dark where nothing is, bright where much is.
        captions: One text a picture, or none.
        title: The finding, above everything.

    Returns:
        A `matplotlib.figure.Figure` with two panels a picture.

    Raises:
        ValueError: There are not as many heat maps as pictures.

    Example:
        >>> import numpy as np
        >>> figure = heat_maps(np.zeros((4, 32, 32, 3)), np.zeros((4, 2, 2)), title="All cold")
        >>> len(figure.axes)
        8
    """
    pictures, heat = np.asarray(pictures), np.asarray(heat)
    if len(pictures) != len(heat):
        raise ValueError(f"{len(pictures)} pictures and {len(heat)} heat maps: give one a picture.")
    count = len(pictures)
    figure = Canvas(max(5.0, 1.15 * count), 3.2, title)
    panels = figure.subplots(2, count, squeeze=False)
    edge = (-0.5, pictures.shape[2] - 0.5, pictures.shape[1] - 0.5, -0.5)
    for number, (above, below) in enumerate(panels.T):
        above.imshow(pictures[number])
        if len(captions):
            above.set_title(captions[number], fontsize=8, pad=3)
        grey = pictures[number].mean(axis=-1)
        below.imshow(grey, cmap="gray")
        below.imshow(
            heat[number], cmap="inferno", vmin=0, vmax=1, alpha=0.6,
            extent=edge, interpolation="bilinear",
        )  # fmt: skip
        above.set_axis_off()
        below.set_axis_off()
    return figure
