"""Draws how the class did."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from autograder.pages import format_percent
from autograder.report.inline_svg import COLOURS, STYLE

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def draw_score_distribution(shares: list[float], of: str = "submission") -> tuple[str, Figure]:
    """A histogram of the class's shares.

    Args:
        shares: each graded student's share of the points, 0 to 1 (above with extra credit).
        of: what has such a share, in the singular.

    Returns:
        What it shows, and the figure.
    """
    import matplotlib
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    middle = median(shares)
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(5.4, 2.6), layout="constrained")
        axes = figure.add_subplot()
        axes.hist(
            [100 * min(max(share, 0.0), 1.0) for share in shares],
            bins=range(0, 101, 10),
            color=COLOURS["sky"],
            edgecolor=COLOURS["blue"],
        )
        axes.axvline(100 * min(middle, 1.0), color=COLOURS["red"], linewidth=2)
        axes.annotate(
            f"median {format_percent(middle)}",
            (100 * min(middle, 1.0), 1.0),
            xycoords=("data", "axes fraction"),
            xytext=(0, 4),
            textcoords="offset points",
            ha="center" if 0.2 < middle < 0.8 else "right" if middle >= 0.8 else "left",
            color=COLOURS["red"],
        )
        axes.set(xlim=(0, 100), xlabel="points earned (%)", ylabel="students")
        axes.set_xticks(range(0, 101, 20))
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    return _describe(shares, middle, of), figure


def _describe(shares: list[float], middle: float, of: str) -> str:
    if len(shares) == 1:
        return f"One {of} so far: {format_percent(middle)} of the points"
    full = sum(share >= 1 for share in shares)
    if 2 * full > len(shares):
        return f"{full} of {len(shares)} have all points"
    return f"Half of the {of}s have {format_percent(middle)} of the points or more"
