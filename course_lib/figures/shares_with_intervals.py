"""Shares of a test set with their intervals."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure

from course_lib.figures.canvas import Canvas
from course_lib.figures.hide_frame import hide_frame
from course_lib.figures.palette import BLUE, GREEN, ORANGE, RED


def shares_with_intervals(
    shares: Mapping[str, tuple[float, float, float]], quantity: str
) -> Figure:
    """Draw a bar for each share, with the interval that it is known to.

    Args:
        shares: By name, the share and the lower and upper end of its interval, 0 to 1.
        quantity: What the shares are shares of, such as "exactly right".

    Returns:
        A figure whose title compares the first two intervals.

    Raises:
        ValueError: There are fewer than two shares.

    Example:
        >>> figure = shares_with_intervals({"A": (0.9, 0.8, 0.95), "B": (0.4, 0.3, 0.5)}, "right")
        >>> figure.get_suptitle()
        'A: 90% right, B: 40%; the intervals do not overlap'
    """
    names = list(shares)
    if len(names) < 2:
        raise ValueError("Pass two shares or more.")
    (first, low, high), (second, other_low, other_high) = (shares[name] for name in names[:2])
    overlap = "overlap" if low <= other_high and other_low <= high else "do not overlap"
    figure = Canvas(
        5.0,
        3.2,
        f"{names[0]}: {first:.0%} {quantity}, {names[1]}: {second:.0%}; the intervals {overlap}",
    )
    axes = figure.subplots()
    values, lows, highs = np.array([shares[name] for name in names], float).T
    colours = [(BLUE, ORANGE, GREEN, RED)[n % 4] for n in range(len(names))]
    places = np.arange(len(names))
    axes.bar(places, values, 0.55, color=colours)
    errors = np.maximum([values - lows, highs - values], 0)
    axes.errorbar(places, values, errors, fmt="none", ecolor="black", capsize=6)
    axes.set_xticks(places, names)
    axes.set(ylabel=quantity, xlabel="test set, with its 95 % interval", ylim=(0, 1.02))
    hide_frame(axes)
    return figure
