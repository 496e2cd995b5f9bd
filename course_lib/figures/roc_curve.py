"""How well a score tells two kinds of examples apart, at every threshold."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure

from course_lib.figures.canvas import BLUE, GREEN, ORANGE, RED, Canvas, tidy

LOOK = ((BLUE, "-"), (ORANGE, "--"), (GREEN, "-."), (RED, ":"))


def roc_curve(curves: Mapping[str, tuple]) -> Figure:
    """Draw receiver operating characteristics (Fawcett 2006), one line a detector.

    Args:
        curves: From a detector's name to `(false_alarms, found)`, both `(n,)`, rising from 0 to 1:
            the shares of ordinary examples and of anomalies above each threshold.

    Returns:
        A `matplotlib.figure.Figure`; the legend has the area under each curve, the title the
        largest.

    Raises:
        ValueError: There is no curve.

    Example:
        >>> figure = roc_curve({"a perfect one": ([0, 0, 1], [0, 1, 1])})
        >>> figure.get_suptitle()
        'Largest area under the curve: a perfect one, 1.00'
    """
    if not curves:
        raise ValueError("No curve: give roc_curve {name: (false_alarms, found)}.")
    curves = {name: tuple(np.asarray(p, float) for p in pair) for name, pair in curves.items()}
    areas = {
        name: float(np.sum(np.diff(across) * (up[1:] + up[:-1]) / 2))
        for name, (across, up) in curves.items()
    }
    best = max(areas, key=areas.get)
    figure = Canvas(5.2, 4.2, f"Largest area under the curve: {best}, {areas[best]:.2f}")
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], color="0.7", lw=1, label="guessing: 0.50")
    for (name, (across, up)), (colour, style) in zip(curves.items(), LOOK, strict=False):
        axes.plot(across, up, style, color=colour, lw=2, label=f"{name}: {areas[name]:.2f}")
    axes.set(xlabel="false alarms: share of ordinary ones", ylabel="share of anomalies found")
    axes.set_aspect("equal")
    axes.legend(frameon=False, loc="lower right")
    tidy(axes)
    return figure
