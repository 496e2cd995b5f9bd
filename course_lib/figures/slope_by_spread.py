"""The derivative of activations by the spread of their inputs."""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.figure import Figure

from course_lib.figures.canvas import Canvas
from course_lib.figures.hide_frame import hide_frame
from course_lib.figures.palette import MARKED_LINES
from course_lib.figures.style_series import style_series


def slope_by_spread(derivatives: Mapping[str, Mapping[float, float]]) -> Figure:
    """Draw the mean derivative of neurons against the spread of their input pixels.

    Args:
        derivatives: By activation, then by the standard deviation of the pixels, the mean
            derivative of the activation.

    Returns:
        A figure whose title gives the derivatives at the largest spread.

    Raises:
        ValueError: There is no activation.

    Example:
        >>> figure = slope_by_spread({"tanh": {1: 0.5, 64: 0.02}, "relu": {1: 0.5, 64: 0.5}})
        >>> figure.get_suptitle()
        'Mean derivative at the largest spread: tanh 0.02, relu 0.50'
    """
    if not derivatives:
        raise ValueError("No activation: pass {name: {spread: derivative}} to slope_by_spread.")
    ends = ", ".join(f"{name} {by[max(by)]:.2f}" for name, by in derivatives.items())
    figure = Canvas(6.4, 3.4, f"Mean derivative at the largest spread: {ends}")
    axes = figure.subplots()
    for (name, by), (colour, style) in zip(
        derivatives.items(), style_series(len(derivatives), MARKED_LINES), strict=True
    ):
        spreads = sorted(by)
        axes.plot(spreads, [by[s] for s in spreads], style, color=colour, label=name)
    spreads = sorted({spread for by in derivatives.values() for spread in by})
    axes.set_xscale("log", base=2)
    axes.set_xticks(spreads, [f"{spread:g}" for spread in spreads])
    axes.set(xlabel="standard deviation of the pixels", ylabel="mean derivative", ylim=(0, None))
    axes.legend(frameon=False)
    hide_frame(axes)
    return figure
