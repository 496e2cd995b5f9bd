"""The norm of the gradient at each layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter

from course_lib.figures.canvas import Canvas
from course_lib.figures.hide_frame import hide_frame
from course_lib.figures.palette import MARKED_LINES
from course_lib.figures.style_series import style_series


def gradient_by_layer(norms: Mapping[str, Sequence[float]]) -> Figure:
    """Draw the norm of the loss' gradient at each convolution, from the input on.

    Args:
        norms: By network or loss, one norm per convolution; norms of 0 are not drawn. Up to four
            names.

    Returns:
        A figure with a logarithmic axis; its title gives the ratio of the largest norm to the
        smallest.

    Raises:
        ValueError: All norms are 0, or there are none.

    Example:
        >>> figure = gradient_by_layer({"plain": [8.0, 0.5], "residual": [2.0, 1.0]})
        >>> figure.get_suptitle()
        'Ratio of the largest norm to the smallest: plain 16, residual 2.0'
    """
    reached = {name: np.asarray(values, dtype=float) for name, values in norms.items()}
    if not reached or any(not np.any(values > 0) for values in reached.values()):
        raise ValueError(
            "No gradient: pass {name: norms} with some norms above 0 to gradient_by_layer."
        )
    ratios = {name: v[v > 0].max() / v[v > 0].min() for name, v in reached.items()}
    figure = Canvas(
        7.0,
        3.6,
        "Ratio of the largest norm to the smallest: "
        + ", ".join(
            f"{name} {ratio:.1f}" if ratio < 10 else f"{name} {ratio:,.0f}"
            for name, ratio in ratios.items()
        ),
    )
    axes = figure.subplots()
    for (name, values), (colour, style) in zip(
        reached.items(), style_series(len(reached), MARKED_LINES), strict=True
    ):
        shown = np.where(values > 0, values, np.nan)
        axes.semilogy(
            np.arange(1, len(values) + 1), shown, style, color=colour, ms=4, label=name, alpha=0.9
        )
    axes.set(xlabel="convolution, counted from the image", ylabel="norm of the gradient")
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda norm, _: f"{norm:g}"))
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.legend(frameon=False)
    hide_frame(axes)
    return figure
