"""Curves of several runs each, with their spread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from course_lib.figures.canvas import Canvas
from course_lib.figures.hide_frame import hide_frame
from course_lib.figures.palette import GREY, MARKED_LINES


def curves_with_spread(
    runs: Mapping[str, ArrayLike],
    x: Sequence[float] | np.ndarray,
    reference: tuple[str, float] | None = None,
    xlabel: str = "steps",
    ylabel: str = "return",
) -> Figure:
    """Draw the median of several runs as a line, and the range of all of them as a band.

    Args:
        runs: By name, the values of each run, `(runs, points)`; up to four names.
        x: The place of each point.
        reference: The name and value of a horizontal line, such as the optimum.
        xlabel: What x is.
        ylabel: What the values are.

    Returns:
        A figure whose title gives the medians at the last point.

    Raises:
        ValueError: The runs do not have one value for each point.

    Example:
        >>> values = [[0.0, 0.5, 1.0], [0.0, 0.25, 0.5]]
        >>> curves_with_spread({"DQN": values}, [10, 20, 30]).get_suptitle()
        'At the end, median of 2 runs: DQN 0.75'
    """
    curves = {name: np.asarray(values, dtype=float) for name, values in runs.items()}
    for name, values in curves.items():
        if values.ndim != 2 or values.shape[1] != len(x):
            raise ValueError(
                f"The runs of {name!r} have the shape {values.shape}; expected (runs, {len(x)})."
            )
    ends = ", ".join(f"{name} {np.median(v[:, -1]):.3g}" for name, v in curves.items())
    number = max(len(values) for values in curves.values())
    figure = Canvas(7.0, 3.6, f"At the end, median of {number} runs: {ends}")
    axes = figure.subplots()
    for (name, values), (color, style) in zip(curves.items(), MARKED_LINES, strict=False):
        axes.plot(x, np.median(values, axis=0), style, color=color, ms=3, label=name)
        axes.fill_between(x, values.min(axis=0), values.max(axis=0), color=color, alpha=0.2, lw=0)
    if reference is not None:
        axes.axhline(reference[1], color=GREY, ls=":", label=reference[0])
    axes.set(xlabel=xlabel, ylabel=ylabel)
    axes.legend(frameon=False)
    hide_frame(axes)
    return figure
