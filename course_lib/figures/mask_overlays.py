"""Masks as outlines on their images."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from course_lib.figures.canvas import Canvas
from course_lib.figures.palette import GREEN, RED

CELL = 1.35  # inches


def mask_overlays(
    images: ArrayLike,
    truth: ArrayLike,
    predictions: Mapping[str, ArrayLike],
    title: str,
) -> Figure:
    """Draw images, one row for each prediction, with what is right and wrong in colour.

    Green: in both masks. Red: only in the prediction. Light: missed. Pixels outside both masks show
    the image.

    Args:
        images: Array `(n, height, width)` or `(n, height, width, 1)`, any range.
        truth: Masks `(n, height, width)`, 0 or False outside.
        predictions: By name, masks of the same shape.
        title: The finding, above everything.

    Raises:
        ValueError: The masks do not have the shape of the images.

    Example:
        >>> import numpy as np
        >>> square = np.zeros((3, 8, 8)); square[:, 2:5, 2:5] = 1
        >>> figure = mask_overlays(square, square, {"a net": square}, "It finds every pixel")
        >>> [axes.get_ylabel() for axes in figure.axes[::3]]
        ['image', 'a net']
    """
    pixels = np.asarray(images, float)
    pixels = pixels.reshape(pixels.shape[:3])
    right = np.asarray(truth) > 0
    rows = {name: np.asarray(mask) > 0 for name, mask in predictions.items()}
    for name, mask in {"truth": right, **rows}.items():
        if mask.shape != pixels.shape:
            raise ValueError(
                f"The masks of {name!r} have the shape {mask.shape} and the images {pixels.shape}."
            )
    low, high = (f(pixels, axis=(1, 2), keepdims=True) for f in (np.min, np.max))
    grey = np.repeat(((pixels - low) / np.maximum(high - low, 1e-9))[..., None], 3, axis=-1)
    figure = Canvas(max(6.0, CELL * len(grey) + 0.4), CELL * (len(rows) + 1) + 0.6, title)
    panels = figure.subplots(len(rows) + 1, len(grey), squeeze=False)
    _draw_row(panels[0], "image", grey)
    for line, (name, mask) in zip(panels[1:], rows.items(), strict=True):
        _draw_row(line, name, _colour(grey, right, mask))
    return figure


def _draw_row(panels: np.ndarray, name: str, images: np.ndarray) -> None:
    panels[0].set_ylabel(name)
    for axes, image in zip(panels, images, strict=True):
        axes.imshow(image, vmin=0, vmax=1, interpolation="nearest")
        axes.set(xticks=(), yticks=())


def _colour(grey: np.ndarray, right: np.ndarray, mask: np.ndarray) -> np.ndarray:
    colours = 0.6 * grey
    for where, colour in ((right & mask, GREEN), (mask & ~right, RED), (right & ~mask, "#FFFFFF")):
        rgb = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        colours[where] = 0.35 * grey[where] + 0.65 * np.array(rgb)
    return colours
