"""The error of forecasts by the number of steps that they look ahead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from course_lib.figures.canvas import Canvas
from course_lib.figures.hide_frame import hide_frame
from course_lib.figures.palette import MARKED_LINES
from course_lib.figures.style_series import style_series


def error_by_horizon(errors: Mapping[str, Sequence[float]], unit: str, step: str) -> Figure:
    """Draw the mean absolute error of each method, one point per step ahead.

    Args:
        errors: By method, the error 1, 2, … steps ahead.
        unit: What an error is measured in, for the axis.
        step: What a step is, in the plural: "months".

    Returns:
        A figure whose title names the method with the smallest error at the last step.

    Raises:
        ValueError: No methods are given, or a method has no errors.

    Example:
        >>> figure = error_by_horizon({"last value": [1, 3], "line": [1, 2]}, "°C", "days")
        >>> figure.get_suptitle()
        'Smallest error 2 days ahead: line, 2'
    """
    if not errors or not all(len(values) for values in errors.values()):
        raise ValueError("No errors: pass {method: errors} to error_by_horizon.")
    best = min(errors, key=lambda name: errors[name][-1])
    ahead = len(errors[best])
    figure = Canvas(
        6.8, 3.6, f"Smallest error {ahead} {step} ahead: {best}, {errors[best][-1]:.3g}"
    )
    axes = figure.subplots()
    for (name, values), (colour, style) in zip(
        errors.items(), style_series(len(errors), MARKED_LINES), strict=True
    ):
        steps = np.arange(1, len(values) + 1)
        axes.plot(steps, values, style, color=colour, ms=4, label=name)
    axes.set(xlabel=f"{step} ahead", ylabel=f"mean absolute error, {unit}")
    axes.set_ylim(bottom=0)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.legend(frameon=False)
    hide_frame(axes)
    return figure
