"""Methods compared in several cases."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure

from course_lib.figures.canvas import Canvas
from course_lib.figures.hide_frame import hide_frame
from course_lib.figures.palette import BLUE, GREEN, ORANGE, RED
from course_lib.figures.style_series import style_series

BARS = ((BLUE, ""), (ORANGE, "//"), (GREEN, ".."), (RED, "xx"))


def accuracy_by_case(results: Mapping[str, Mapping[str, float]]) -> Figure:
    """Draw the accuracy of several methods in several cases as grouped bars.

    Args:
        results: By case, then by method, accuracies in [0, 1]; the same methods in each case.

    Returns:
        A figure whose title names the best method in each case.

    Raises:
        ValueError: There is no case, or the cases have different methods.

    Example:
        >>> figure = accuracy_by_case({"small": {"frozen": 0.6, "from scratch": 0.2},
        ...                            "large": {"frozen": 0.7, "from scratch": 0.8}})
        >>> figure.get_suptitle()
        'Best: small: frozen · large: from scratch'
    """
    methods = [tuple(case) for case in results.values()]
    if not methods or len(set(methods)) > 1:
        raise ValueError("accuracy_by_case needs at least one case, and the same methods in each.")
    best = [f"{case}: {max(by, key=by.__getitem__)}" for case, by in results.items()]
    figure = Canvas(max(7.0, 2.3 * len(results)), 3.9, "Best: " + " · ".join(best))
    axes = figure.subplots()
    places, width = np.arange(len(results)), 0.8 / len(methods[0])
    for number, (method, (colour, hatch)) in enumerate(
        zip(methods[0], style_series(len(methods[0]), BARS), strict=True)
    ):
        percents = [100 * case[method] for case in results.values()]
        left = places + (number - (len(methods[0]) - 1) / 2) * width
        bars = axes.bar(
            left, percents, 0.92 * width, color=colour, hatch=hatch, edgecolor="white", label=method
        )
        axes.bar_label(bars, fmt="%.0f", fontsize=8)
    axes.set_xticks(places, [case.replace(", ", "\n") for case in results])
    axes.set(ylabel="accuracy on held-out examples, %", ylim=(0, 105))
    figure.legend(loc="outside lower center", ncols=len(methods[0]), frameon=False, fontsize=9)
    hide_frame(axes)
    return figure
