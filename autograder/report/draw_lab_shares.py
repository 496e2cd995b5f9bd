"""Draws how the class did in each lab."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median, quantiles
from typing import TYPE_CHECKING

from autograder.pages import format_percent
from autograder.report.inline_svg import COLOURS, STYLE

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def draw_lab_shares(shares: Mapping[str, Sequence[float]]) -> tuple[str, Figure]:
    """For each lab, a box from the lower to the upper quartile, the median and every student.

    Args:
        shares: each student's share of the final points, by lab.

    Returns:
        What it shows, and the figure.
    """
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(5.4, 1.0 + 0.42 * len(shares)), layout="constrained")
        axes = figure.add_subplot()
        for row, part in enumerate(shares.values(), 1):
            values = [100 * min(share, 1.0) for share in part]
            low, middle, high = (
                quantiles(values, method="inclusive") if len(values) > 1 else values * 3
            )
            sky, blue = COLOURS["sky"], COLOURS["blue"]
            axes.barh(row, high - low, left=low, height=0.6, color=sky, edgecolor=blue)
            axes.plot(values, [row] * len(values), ".", color=COLOURS["blue"], alpha=0.5)
            axes.plot([middle] * 2, [row - 0.3, row + 0.3], color=COLOURS["red"], linewidth=2)
        axes.set_yticks(range(1, len(shares) + 1), list(shares))
        axes.invert_yaxis()
        axes.set(xlim=(-2, 102), xlabel="points that count (%)")
    return _describe(shares), figure


def _describe(shares: Mapping[str, Sequence[float]]) -> str:
    middles = {lab: median(part) for lab, part in shares.items()}
    hardest = min(middles, key=middles.__getitem__)
    if len(middles) == 1:
        return f"{hardest}: half of the class has {format_percent(middles[hardest])} or more"
    return (
        f"{hardest} was hardest: half of the class has {format_percent(middles[hardest])} or more"
    )
