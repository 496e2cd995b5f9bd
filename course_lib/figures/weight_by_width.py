"""How sharp attention is, by the width of its queries and keys."""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.figure import Figure

from course_lib.figures.canvas import Canvas
from course_lib.figures.hide_frame import hide_frame
from course_lib.figures.palette import MARKED_LINES
from course_lib.figures.style_series import style_series


def weight_by_width(largest: Mapping[str, Mapping[int, float]], keys: int) -> Figure:
    """Draw the largest attention weight of a random query against the width d.

    Args:
        largest: By method, then by width, the mean over queries of the largest weight, in [0, 1].
        keys: Number of keys; even attention has weights of 1 / keys.

    Returns:
        A figure whose title gives the largest weight of each method at the greatest width.

    Raises:
        ValueError: There is no method.

    Example:
        >>> figure = weight_by_width({"q·k": {4: 0.4, 64: 0.9}, "q·k / √d": {4: 0.3, 64: 0.3}}, 16)
        >>> print(figure.get_suptitle())
        With d = 64, the largest of 16 weights is 0.90 for q·k, 0.30 for q·k / √d
    """
    if not largest:
        raise ValueError("Pass {method: {width: weight}} to weight_by_width, with one or more.")
    widest = max(width for by_width in largest.values() for width in by_width)
    ends = [f"{by[max(by)]:.2f} for {method}" for method, by in largest.items()]
    figure = Canvas(
        6.4, 3.4, f"With d = {widest}, the largest of {keys} weights is {', '.join(ends)}"
    )
    axes = figure.subplots()
    for (method, by_width), (colour, style) in zip(
        largest.items(), style_series(len(largest), MARKED_LINES), strict=True
    ):
        widths = sorted(by_width)
        axes.semilogx(
            widths, [by_width[w] for w in widths], style, color=colour, ms=4, label=method, base=2
        )
    axes.axhline(1 / keys, color="0.6", lw=0.8)
    axes.annotate("even", (widest, 1 / keys), fontsize=8, va="bottom", ha="right")
    axes.set_xticks(widths, [str(width) for width in widths])
    axes.set(xlabel="width d of queries and keys", ylabel="largest weight", ylim=(0, 1.03))
    axes.legend(frameon=False)
    hide_frame(axes)
    return figure
