"""The feature maps of an image in several layers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from course_lib.figures.canvas import Canvas


def feature_maps(image: ArrayLike, maps: Mapping[str, ArrayLike], count: int = 8) -> Figure:
    """Draw an image and its feature maps in some layers, one row per layer.

    It draws the maps of a layer that vary most over the image; a map that is 0 everywhere says
    nothing about it.

    Args:
        image: Array `(height, width, channels)`, uint8 in [0, 255] or float in [0, 1].
        maps: By layer, outputs for the image, `(height, width, channels)`.
        count: Maps per row.

    Raises:
        ValueError: The maps do not have three axes.

    Example:
        >>> import numpy as np
        >>> rng = np.random.default_rng(0)
        >>> figure = feature_maps(rng.uniform(size=(32, 32, 3)), {
        ...     "first": rng.uniform(size=(32, 32, 8)), "last": rng.uniform(size=(4, 4, 64))})
        >>> figure.get_suptitle()
        'From 32 × 32 maps, which still show the image, to 4 × 4 maps, which show only its content'
    """
    layers = {name: np.asarray(values) for name, values in maps.items()}
    for name, values in layers.items():
        if values.ndim != 3:
            raise ValueError(
                f"The maps of {name} have the shape {values.shape}; the maps of one image have "
                "three axes, (height, width, channels): take [0]."
            )
    sizes = [f"{len(values)} × {values.shape[1]}" for values in layers.values()]
    title = (
        f"From {sizes[0]} maps, which still show the image, to {sizes[-1]} maps, which show only "
        "its content"
        if len(layers) > 1
        else f"The image in one layer: maps of {sizes[0]}"
    )
    figure = Canvas(0.95 * (count + 1) + 0.6, 1.05 * len(layers) + 0.6, title)
    panels = figure.subplots(len(layers), count + 1, squeeze=False)
    for row, ((name, values), size) in enumerate(zip(layers.items(), sizes, strict=True)):
        liveliest = np.argsort(-values.std(axis=(0, 1)), kind="stable")[:count]
        for axes in panels[row]:
            axes.set_axis_off()
        panels[row, 1].set_title(f"{name}, {size}", fontsize=9, loc="left")
        for axes, channel in zip(panels[row, 1 : len(liveliest) + 1], liveliest, strict=True):
            axes.imshow(values[..., channel], cmap="viridis", interpolation="nearest")
    panels[0, 0].imshow(image)
    return figure
