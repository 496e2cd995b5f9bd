"""How much detail images have, by spatial frequency."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from course_lib.figures.canvas import Canvas
from course_lib.figures.hide_frame import hide_frame
from course_lib.figures.palette import BLUE, GREEN, GREY, ORANGE, RED
from course_lib.figures.style_series import style_series

BANDS = 24
STYLES = [(GREY, "-"), (BLUE, "--"), (ORANGE, "-"), (GREEN, ":"), (RED, "-.")]


def radial_spectra(images: Mapping[str, ArrayLike], title: str) -> Figure:
    """Draw the power of images by spatial frequency, averaged over directions.

    Args:
        images: By name, grey images `(n, height, width)`.
        title: The finding, above everything.

    Raises:
        ValueError: These are not grey images.

    Example:
        >>> import numpy as np
        >>> noise = np.random.default_rng(0).normal(size=(2, 32, 32))
        >>> figure = radial_spectra({"noise": noise}, "Noise has all frequencies")
        >>> len(figure.axes[0].lines)
        1
    """
    figure = Canvas(6, 3.4, title)
    axes = figure.subplots()
    styles = style_series(len(images), STYLES)
    for (name, values), (colour, line) in zip(images.items(), styles, strict=True):
        pixels = np.asarray(values, float)
        if pixels.ndim != 3:
            raise ValueError(f"{name!r} has the shape {pixels.shape}; expected (n, height, width).")
        axes.plot(*_average_rings(pixels), line, color=colour, label=name)
    axes.set(xlabel="cycles per pixel", ylabel="power", yscale="log", xlim=(0, 0.5))
    axes.legend(frameon=False)
    hide_frame(axes)
    return figure


def _average_rings(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the frequencies of rings, and the mean power in each."""
    down, across = (np.fft.fftfreq(side) for side in images.shape[1:])
    away = np.hypot(down[:, None], across[None, :])
    power = (np.abs(np.fft.fft2(images)) ** 2).mean(axis=0) / away.size
    ring = np.minimum((away * 2 * BANDS).astype(int), BANDS)
    count = np.bincount(ring.ravel(), minlength=BANDS + 1)
    total = np.bincount(ring.ravel(), power.ravel(), minlength=BANDS + 1)
    kept = np.flatnonzero(count[1:BANDS]) + 1
    return (kept + 0.5) / (2 * BANDS), total[kept] / count[kept]
