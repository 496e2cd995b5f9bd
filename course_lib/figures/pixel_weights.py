"""The weights of pixels in a loss."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from course_lib.figures.canvas import Canvas


def pixel_weights(images: ArrayLike, weights: ArrayLike) -> Figure:
    """Draw images and, beneath them, the weights of their pixels.

    Args:
        images: Array `(n, height, width)` or `(n, height, width, 1)`.
        weights: Array `(n, height, width)`, 0 or more.

    Returns:
        A figure whose title says how much more the heaviest pixel counts than the median one.

    Raises:
        ValueError: There are more or fewer weights than images.

    Example:
        >>> import numpy as np
        >>> weights = np.ones((2, 8, 8)); weights[:, 4] = 9
        >>> pixel_weights(np.zeros((2, 8, 8)), weights).get_suptitle()
        'The heaviest pixel counts 9 times as much as the median one'
    """
    pixels, heavy = np.asarray(images, float), np.asarray(weights, float)
    pixels = pixels.reshape(pixels.shape[:3])
    if pixels.shape != heavy.shape:
        raise ValueError(f"The weights have the shape {heavy.shape}, the images {pixels.shape}.")
    times = heavy.max() / max(float(np.median(heavy)), 1e-9)
    figure = Canvas(
        max(6.0, 1.5 * len(pixels)),
        3.5,
        f"The heaviest pixel counts {times:.0f} times as much as the median one",
    )
    panels = figure.subplots(2, len(pixels), squeeze=False)
    for image, weight, above, below in zip(pixels, heavy, *panels, strict=True):
        above.imshow(image, cmap="gray")
        shown = below.imshow(weight, cmap="magma", vmin=0, vmax=heavy.max())
        for axes in (above, below):
            axes.set(xticks=(), yticks=())
    figure.colorbar(shown, ax=panels.ravel().tolist(), shrink=0.6, label="weight")
    return figure
