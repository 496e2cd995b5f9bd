"""The codes of images in a two-dimensional latent space."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Circle
from numpy.typing import ArrayLike

from course_lib.figures.canvas import Canvas
from course_lib.figures.hide_frame import hide_frame

# Ten colours of different lightness; each class also has its number on the map.
COLORS = (
    *("#000000", "#0072B2", "#56B4E9", "#009E73", "#7BC8A4"),
    *("#E69F00", "#C9A800", "#D55E00", "#CC79A7", "#8A5A9E"),
)
TWO_SIGMA = 2.0


def latent_map(maps: Mapping[str, tuple[ArrayLike, ArrayLike]]) -> Figure:
    """Draw two-dimensional codes, one panel per model, coloured and numbered by class.

    The circle has radius 2 and contains 86 % of N(0, I).

    Args:
        maps: By model, `(codes, labels)`: codes `(n, 2)`, labels `(n,)` from 0 to 9.

    Raises:
        ValueError: Codes are not two-dimensional.

    Example:
        >>> import numpy as np
        >>> codes = np.array([[3.0, 4.0], [0.0, 1.0]])
        >>> latent_map({"one model": (codes, [0, 1])}).get_suptitle()
        '50 % of the codes of one model are in the circle (N(0, I): 86 %)'
    """
    arrays = {name: (np.asarray(c), np.asarray(labels)) for name, (c, labels) in maps.items()}
    figure = Canvas(4.7 * len(maps) + 0.6, 4.8, _describe(arrays))
    panels = figure.subplots(1, len(maps), squeeze=False)[0]
    for axes, (name, (codes, labels)) in zip(panels, arrays.items(), strict=True):
        for label in np.unique(labels):
            points = codes[labels == label]
            axes.plot(*points.T, ".", ms=3, color=COLORS[int(label) % 10], alpha=0.7)
        for label in np.unique(labels):
            centre = np.median(codes[labels == label], axis=0)
            box = {"boxstyle": "round,pad=0.15", "fc": "white", "ec": COLORS[int(label) % 10]}
            axes.text(*centre, str(label), ha="center", va="center", fontsize=9, bbox=box)
        axes.add_patch(Circle((0, 0), TWO_SIGMA, fill=False, ec="black", lw=1.2, ls="--"))
        axes.set_title(name, fontsize=10)
        axes.set(xlabel="code $z_1$", ylabel="code $z_2$")
        axes.set_aspect("equal", adjustable="datalim")
        hide_frame(axes)
    return figure


def _describe(arrays: Mapping[str, tuple[np.ndarray, np.ndarray]]) -> str:
    found = []
    for name, (codes, _) in arrays.items():
        if codes.ndim != 2 or codes.shape[1] != 2:
            raise ValueError(f"latent_map needs codes (n, 2); those of {name} are {codes.shape}.")
        inside = np.mean(np.sum(codes**2, axis=1) < TWO_SIGMA**2)
        found.append(f"{100 * inside:.0f} % of the codes of {name}")
    return f"{', '.join(found)} are in the circle (N(0, I): 86 %)"
