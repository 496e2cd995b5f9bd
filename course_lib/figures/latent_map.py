"""Where an encoder puts the images of each class."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Circle

from course_lib.figures.canvas import Canvas, tidy

# Ten colours of different lightness; each class also carries its number on the map.
COLORS = (
    *("#000000", "#0072B2", "#56B4E9", "#009E73", "#7BC8A4"),
    *("#E69F00", "#C9A800", "#D55E00", "#CC79A7", "#8A5A9E"),
)
TWO_SIGMA = 2.0


def latent_map(maps: Mapping[str, tuple]) -> Figure:
    """Draw two-dimensional codes, one panel a model, coloured and numbered by class.

    The circle has a radius of 2: 86 % of the points drawn from N(0, I) fall into it.

    Args:
        maps: Panel titles to `(codes, labels)`: codes `(n, 2)`, labels `(n,)` from 0 to 9.

    Returns:
        A `matplotlib.figure.Figure`.

    Raises:
        ValueError: Codes are not two-dimensional.

    Example:
        >>> import numpy as np
        >>> codes = np.array([[3.0, 4.0], [0.0, 1.0]])
        >>> latent_map({"one model": (codes, [0, 1])}).get_suptitle()[:50]
        '50 % of the codes of one model lie in the circle, '
    """
    figure = Canvas(4.7 * len(maps) + 0.6, 4.8, _finding(maps))
    panels = figure.subplots(1, len(maps), squeeze=False)[0]
    for axes, (name, (codes, labels)) in zip(panels, maps.items(), strict=True):
        codes, labels = np.asarray(codes), np.asarray(labels)
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
        tidy(axes)
    return figure


def _finding(maps):
    found = []
    for name, (codes, _) in maps.items():
        codes = np.asarray(codes)
        if codes.ndim != 2 or codes.shape[1] != 2:
            raise ValueError(f"A map needs codes (n, 2); those of {name} are {codes.shape}.")
        inside = np.mean(np.sum(codes**2, axis=1) < TWO_SIGMA**2)
        found.append(f"{100 * inside:.0f} % of the codes of {name}")
    return f"{', '.join(found)} lie in the circle, where N(0, I) has 86 %"
