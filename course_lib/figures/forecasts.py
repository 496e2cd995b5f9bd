"""Forecasts of one window, by method."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from course_lib.figures.canvas import Canvas
from course_lib.figures.hide_frame import hide_frame
from course_lib.figures.palette import GREY, PLAIN_LINES
from course_lib.figures.style_series import style_series


def forecasts(
    known: ArrayLike, future: ArrayLike, by_method: Mapping[str, ArrayLike], unit: str
) -> Figure:
    """Draw what was known, what came, and what each method had forecast.

    Args:
        known: The last values before the forecast, `(steps,)`.
        future: The values that came, `(ahead,)`.
        by_method: By method its forecast, `(ahead,)`.
        unit: What a value is measured in, for the axis.

    Returns:
        A figure whose title gives the mean absolute error of each method in this window.

    Raises:
        ValueError: There is no method, or a forecast has another length than `future`.

    Example:
        >>> figure = forecasts([1, 2], [3, 5], {"last value": [2, 2], "line": [3, 4]}, "°C")
        >>> figure.get_suptitle()
        'Mean error in this window: last value 2, line 0.5'
    """
    past, came = np.asarray(known, float).ravel(), np.asarray(future, float).ravel()
    lines = {name: np.asarray(values, float).ravel() for name, values in by_method.items()}
    if not lines:
        raise ValueError("No method: pass {name: forecast} to forecasts.")
    for name, values in lines.items():
        if len(values) != len(came):
            raise ValueError(
                f"The forecast {name!r} has {len(values)} steps, and {len(came)} values came."
            )
    errors = {name: float(np.mean(np.abs(values - came))) for name, values in lines.items()}
    listed = ", ".join(f"{name} {error:.3g}" for name, error in errors.items())
    figure = Canvas(7.4, 3.6, f"Mean error in this window: {listed}")
    axes = figure.subplots()
    axes.plot(np.arange(1 - len(past), 1), past, color=GREY, lw=1.5, label="known")
    ahead = np.arange(1, 1 + len(came))
    axes.plot(ahead, came, "o", color="black", ms=4, label="what came")
    for (name, values), (colour, style) in zip(
        lines.items(), style_series(len(lines), PLAIN_LINES), strict=True
    ):
        axes.plot(ahead, values, style, color=colour, lw=2, label=name)
    axes.axvline(0.5, color="0.8", lw=1)
    axes.set(xlabel="steps from the last known value", ylabel=unit)
    axes.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
    hide_frame(axes)
    return figure
