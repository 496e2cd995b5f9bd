"""The ROC curves of detectors."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from course_lib.figures.canvas import Canvas
from course_lib.figures.hide_frame import hide_frame
from course_lib.figures.palette import PLAIN_LINES
from course_lib.figures.style_series import style_series


def roc_curve(curves: Mapping[str, tuple[ArrayLike, ArrayLike]]) -> Figure:
    """Draw receiver operating characteristics (Fawcett 2006), one line per detector.

    Args:
        curves: By detector, `(false_positive_rates, true_positive_rates)`, both `(n,)`, rising
            from 0 to 1: the shares of normal examples and of anomalies above each threshold.

    Returns:
        A figure with the area under each curve in the legend and the largest area in the title.

    Raises:
        ValueError: There is no curve.

    Example:
        >>> figure = roc_curve({"a perfect one": ([0, 0, 1], [0, 1, 1])})
        >>> figure.get_suptitle()
        'Largest area under the curve: a perfect one, 1.00'
    """
    if not curves:
        raise ValueError(
            "No curve: pass {name: (false positive rates, true positive rates)} to roc_curve."
        )
    rates = {name: (np.asarray(x, float), np.asarray(y, float)) for name, (x, y) in curves.items()}
    areas = {
        name: float(np.sum(np.diff(across) * (up[1:] + up[:-1]) / 2))
        for name, (across, up) in rates.items()
    }
    best = max(areas, key=areas.__getitem__)
    figure = Canvas(5.2, 4.2, f"Largest area under the curve: {best}, {areas[best]:.2f}")
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], color="0.7", lw=1, label="guessing: 0.50")
    for (name, (across, up)), (colour, style) in zip(
        rates.items(), style_series(len(rates), PLAIN_LINES), strict=True
    ):
        axes.plot(across, up, style, color=colour, lw=2, label=f"{name}: {areas[name]:.2f}")
    axes.set(xlabel="false positive rate", ylabel="true positive rate")
    axes.set_aspect("equal")
    axes.legend(frameon=False, loc="lower right")
    hide_frame(axes)
    return figure
