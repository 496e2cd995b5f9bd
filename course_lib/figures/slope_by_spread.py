"""How much gradient an activation lets through, by the size of what goes in."""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.figure import Figure

from course_lib.figures.canvas import BLUE, GREEN, ORANGE, RED, Canvas, tidy

LOOK = ((BLUE, "o-"), (ORANGE, "s--"), (GREEN, "^-."), (RED, "D:"))


def slope_by_spread(slopes: Mapping[str, Mapping[float, float]]) -> Figure:
    """Draw the mean slope of neurons against the spread of the pixels that they see.

    Args:
        slopes: From an activation's name to its mean slope by the pixels' standard deviation.

    Returns:
        A `matplotlib.figure.Figure`; the title gives the slopes at the largest spread.

    Raises:
        ValueError: There is no activation.

    Example:
        >>> figure = slope_by_spread({"tanh": {1: 0.5, 64: 0.02}, "relu": {1: 0.5, 64: 0.5}})
        >>> figure.get_suptitle()
        'Mean slope of neurons at the largest spread: tanh 0.02, relu 0.50'
    """
    if not slopes:
        raise ValueError("No activation: give slope_by_spread {name: {spread: slope}}.")
    ends = ", ".join(f"{name} {of[max(of)]:.2f}" for name, of in slopes.items())
    figure = Canvas(6.4, 3.4, f"Mean slope of neurons at the largest spread: {ends}")
    axes = figure.subplots()
    for (name, of), (colour, style) in zip(slopes.items(), LOOK, strict=False):
        spreads = sorted(of)
        axes.plot(spreads, [of[s] for s in spreads], style, color=colour, label=name)
    spreads = sorted({spread for of in slopes.values() for spread in of})
    axes.set_xscale("log", base=2)
    axes.set_xticks(spreads, [f"{spread:g}" for spread in spreads])
    axes.set(xlabel="standard deviation of the pixels", ylabel="mean slope", ylim=(0, None))
    axes.legend(frameon=False)
    tidy(axes)
    return figure
