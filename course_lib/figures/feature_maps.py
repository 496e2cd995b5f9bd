"""What the layers of a network make of one image."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure

from course_lib.figures.canvas import Canvas


def feature_maps(image, maps: Mapping[str, np.ndarray], count: int = 8) -> Figure:
    """Draw some feature maps of some layers, one layer a row, the image first.

    Of each layer those maps are drawn that vary most over the image: a map that is 0
    everywhere says nothing about it.

    Args:
        image: Array `(height, width, channels)`, uint8 in [0, 255] or float in [0, 1].
        maps: From a layer's name to its output for the image, `(height, width, channels)`.
        count: Maps a row.

    Returns:
        A `matplotlib.figure.Figure`.

    Raises:
        ValueError: The maps have a batch axis or none at all.

    Example:
        >>> import numpy as np
        >>> rng = np.random.default_rng(0)
        >>> figure = feature_maps(rng.uniform(size=(32, 32, 3)), {
        ...     "first": rng.uniform(size=(32, 32, 8)), "last": rng.uniform(size=(4, 4, 64))})
        >>> figure.get_suptitle()
        'From 32 × 32 maps, where the image is still seen, to 4 × 4, where only what is in it'
    """
    layers = {name: np.asarray(values) for name, values in maps.items()}
    for name, values in layers.items():
        if values.ndim != 3:
            raise ValueError(
                f"The maps of {name} have the shape {values.shape}; those of one image have "
                "three axes, (height, width, channels): take [0]."
            )
    sizes = [f"{len(values)} × {values.shape[1]}" for values in layers.values()]
    title = (
        f"From {sizes[0]} maps, where the image is still seen, to {sizes[-1]}, where only what "
        "is in it"
        if len(layers) > 1
        else f"What one layer makes of the image: maps of {sizes[0]}"
    )
    figure = Canvas(0.95 * (count + 1) + 0.6, 1.05 * len(layers) + 0.6, title)
    panels = figure.subplots(len(layers), count + 1, squeeze=False)
    for row, ((name, values), size) in enumerate(zip(layers.items(), sizes, strict=True)):
        liveliest = np.argsort(-values.std(axis=(0, 1)), kind="stable")[:count]
        for axes in panels[row]:
            axes.set_axis_off()
        panels[row, 1].set_title(f"{name}, {size}", fontsize=9, loc="left")
        for axes, channel in zip(panels[row, 1:], liveliest, strict=False):
            axes.imshow(values[..., channel], cmap="viridis", interpolation="nearest")
    panels[0, 0].imshow(image)
    return figure
