"""Restored images beside the truth, each with its PSNR and SSIM."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from course_lib.figures.canvas import Canvas

CELL = 1.75  # inches


def restored_images(
    truth: ArrayLike,
    restored: Mapping[str, ArrayLike],
    scores: Mapping[str, Sequence[tuple[float, float]]],
    title: str,
) -> Figure:
    """Draw one row for each image: the truth, then each restored version with its scores.

    Args:
        truth: Grey or colour images `(n, height, width)` or `(n, height, width, 1 or 3)`, from 0
            to 1.
        restored: By name, images of the same shape.
        scores: By name, one pair of PSNR in dB and SSIM for each image.
        title: The finding, above everything.

    Raises:
        ValueError: Images have another shape than the truth, or a score is missing.

    Example:
        >>> import numpy as np
        >>> images = np.zeros((1, 8, 8))
        >>> figure = restored_images(images, {"bicubic": images}, {"bicubic": [(30.0, 0.9)]}, "T")
        >>> [axes.get_title() for axes in figure.axes]
        ['truth', 'bicubic']
        >>> figure.axes[1].get_xlabel()
        '30.0 dB · 0.900'
    """
    columns = {name: np.asarray(images, float) for name, images in restored.items()}
    right = np.asarray(truth, float)
    for name, images in columns.items():
        if images.shape != right.shape or len(scores.get(name, ())) != len(right):
            raise ValueError(
                f"{name!r} has images of shape {images.shape} and {len(scores.get(name, ()))} "
                f"scores; expected the shape {right.shape} and a score for each image."
            )
    columns = {"truth": right, **columns}
    figure = Canvas(CELL * len(columns) + 0.2, (CELL + 0.2) * len(right) + 0.6, title)
    panels = figure.subplots(len(right), len(columns), squeeze=False)
    for column, (name, images) in enumerate(columns.items()):
        for row, image in enumerate(images):
            axes = panels[row, column]
            pixels = image[..., 0] if image.shape[2:] == (1,) else image
            axes.imshow(pixels.clip(0, 1), cmap="gray", vmin=0, vmax=1, interpolation="nearest")
            axes.set(xticks=(), yticks=())
            if name in scores:
                psnr, ssim = scores[name][row]
                axes.set_xlabel(f"{psnr:.1f} dB · {ssim:.3f}", fontsize=9)
            if row == 0:
                axes.set_title(name, fontsize=10)
    return figure
