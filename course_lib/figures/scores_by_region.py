"""A score of several networks, in several regions of the image."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure

from course_lib.figures.canvas import Canvas
from course_lib.figures.hide_frame import hide_frame
from course_lib.figures.palette import BLUE, GREEN, ORANGE, RED


def scores_by_region(
    scores: Mapping[str, Mapping[str, float]], quantity: str = "intersection over union"
) -> Figure:
    """Draw one group of bars for each region, one bar for each network.

    Args:
        scores: By network, by region, a number from 0 to 1. All have the same regions.
        quantity: What the numbers are.

    Returns:
        A figure whose title says where the first network is ahead of the second one most.

    Raises:
        ValueError: There are fewer than two networks, or their regions differ.

    Example:
        >>> first, second = {"all": 0.9, "edge": 0.8}, {"all": 0.8, "edge": 0.5}
        >>> figure = scores_by_region({"A": first, "B": second})
        >>> figure.get_suptitle()
        'The largest difference: edge, where A reaches 0.80 and B 0.50'
    """
    names = list(scores)
    if len(names) < 2 or any(list(scores[name]) != list(scores[names[0]]) for name in names):
        raise ValueError("Pass the scores of two or more networks in the same regions.")
    first, second = scores[names[0]], scores[names[1]]
    most = max(first, key=lambda region: first[region] - second[region])
    figure = Canvas(
        6.0,
        3.4,
        f"The largest difference: {most}, where {names[0]} reaches {first[most]:.2f} and "
        f"{names[1]} {second[most]:.2f}",
    )
    axes = figure.subplots()
    width, places = 0.8 / len(names), np.arange(len(first))
    for number, name in enumerate(names):
        at = places + (number - (len(names) - 1) / 2) * width
        colour = (BLUE, ORANGE, GREEN, RED)[number % 4]
        bars = axes.bar(at, list(scores[name].values()), 0.92 * width, color=colour, label=name)
        axes.bar_label(bars, fmt="%.2f", fontsize=9)
    axes.set(ylabel=quantity, ylim=(0, 1.05))
    axes.set_xticks(places, list(first))
    axes.legend(frameon=False, ncols=len(names), loc="lower center", bbox_to_anchor=(0.5, -0.3))
    hide_frame(axes)
    return figure
