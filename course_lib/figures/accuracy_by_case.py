"""Ways to a network for a new task, compared."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure

from course_lib.figures.canvas import BLUE, GREEN, ORANGE, RED, Canvas, tidy

LOOK = ((BLUE, ""), (ORANGE, "//"), (GREEN, ".."), (RED, "xx"))


def accuracy_by_case(results: Mapping[str, Mapping[str, float]]) -> Figure:
    """Draw the accuracy that each way reaches in each case, side by side.

    Args:
        results: From a case's name to a dictionary from ways, the same in each case, to
            accuracies in [0, 1].

    Returns:
        A `matplotlib.figure.Figure` whose title names the best way in each case.

    Raises:
        ValueError: There is no case, or cases have different ways.

    Example:
        >>> figure = accuracy_by_case({"small": {"frozen": 0.6, "from scratch": 0.2},
        ...                            "large": {"frozen": 0.7, "from scratch": 0.8}})
        >>> figure.get_suptitle()
        'Best: small: frozen · large: from scratch'
    """
    ways = [tuple(case) for case in results.values()]
    if not ways or len(set(ways)) > 1:
        raise ValueError("accuracy_by_case needs at least one case, and the same ways in each.")
    best = [f"{case}: {max(of, key=of.get)}" for case, of in results.items()]
    figure = Canvas(max(7.0, 2.3 * len(results)), 3.9, "Best: " + " · ".join(best))
    axes = figure.subplots()
    places, width = np.arange(len(results)), 0.8 / len(ways[0])
    for number, (way, (colour, hatch)) in enumerate(zip(ways[0], LOOK, strict=False)):
        percents = [100 * case[way] for case in results.values()]
        left = places + (number - (len(ways[0]) - 1) / 2) * width
        bars = axes.bar(
            left, percents, 0.92 * width, color=colour, hatch=hatch, edgecolor="white", label=way
        )
        axes.bar_label(bars, fmt="%.0f", fontsize=8)
    axes.set_xticks(places, [case.replace(", ", "\n") for case in results])
    axes.set(ylabel="accuracy on unseen images, %", ylim=(0, 105))
    figure.legend(loc="outside lower center", ncols=len(ways[0]), frameon=False, fontsize=9)
    tidy(axes)
    return figure
