"""Objects found in an image, each in its own colour."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.colors import hsv_to_rgb
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from course_lib.figures.canvas import Canvas


def counted_cells(image: ArrayLike, numbered: Mapping[str, ArrayLike], title: str) -> Figure:
    """Draw an image, and beside it what was found in it, each object in its own colour.

    Args:
        image: Array `(height, width)` or `(height, width, 1)`.
        numbered: By name, arrays `(height, width)`: 0 outside, 1, 2, … for the objects.
        title: The finding.

    Returns:
        A figure with one panel for the image and one for each array, with its number of objects.

    Example:
        >>> import numpy as np
        >>> figure = counted_cells(np.eye(4), {"truth": np.eye(4, dtype=int)}, "One object")
        >>> [axes.get_title() for axes in figure.axes]
        ['image', 'truth: 1']
    """
    pixels = np.asarray(image, float)
    pixels = pixels.reshape(pixels.shape[:2])
    figure = Canvas(max(6.0, 2.7 * (len(numbered) + 1)), 3.3, title)
    panels = figure.subplots(1, len(numbered) + 1, squeeze=False)[0]
    panels[0].imshow(pixels, cmap="gray")
    panels[0].set_title("image", fontsize=10)
    for axes, (name, given) in zip(panels[1:], numbered.items(), strict=True):
        labels = np.asarray(given).astype(int)
        axes.imshow(_colour(labels), interpolation="nearest")
        axes.set_title(f"{name}: {len(np.unique(labels[labels > 0]))}", fontsize=10)
    for axes in panels:
        axes.set(xticks=(), yticks=())
    return figure


def _colour(labels: np.ndarray) -> np.ndarray:
    """Return colours `(height, width, 3)`; neighbouring numbers have different hues."""
    hue = labels * 0.618034 % 1
    saturation, brightness = 0.35 + 0.5 * (labels % 2), np.where(labels > 0, 0.95, 0.12)
    return hsv_to_rgb(np.stack([hue, np.where(labels > 0, saturation, 0), brightness], axis=-1))
