"""Precision against recall."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from course_lib.figures.canvas import Canvas
from course_lib.figures.hide_frame import hide_frame
from course_lib.figures.palette import PLAIN_LINES
from course_lib.figures.style_series import style_series


def precision_recall(curves: Mapping[str, tuple[ArrayLike, ArrayLike]]) -> Figure:
    """Draw precision against recall, one line per detector, with all-point interpolation.

    At each recall, the line shows the best precision at this recall or a higher one, as PASCAL VOC
    has done since 2010 (Everingham et al. 2015, §4.2). Thin lines show the raw values.

    Args:
        curves: By detector, `(recalls, precisions)`, both `(n,)`: after 1, 2, …, n detections in
            the order of falling scores.

    Returns:
        A figure with the area under each curve, the average precision, in the legend, and the
        largest one in the title.

    Raises:
        ValueError: There is no curve.

    Example:
        >>> figure = precision_recall({"a detector": ([0.5, 0.5, 1.0], [1.0, 0.5, 2 / 3])})
        >>> figure.get_suptitle()
        'Largest average precision: a detector, 0.83'
    """
    if not curves:
        raise ValueError("No curve: pass {name: (recalls, precisions)} to precision_recall.")
    points = {name: (np.asarray(x, float), np.asarray(y, float)) for name, (x, y) in curves.items()}
    best = {name: _keep_best(precision) for name, (_, precision) in points.items()}
    areas = {
        name: float(np.sum(np.diff(recall, prepend=0) * best[name]))
        for name, (recall, _) in points.items()
    }
    first = max(areas, key=areas.__getitem__)
    title = f"Largest average precision: {first}, {areas[first]:.2f}"
    figure = Canvas(5.2, 4.2, title)
    axes = figure.subplots()
    styles = style_series(len(points), PLAIN_LINES)
    for (name, (recall, precision)), (colour, style) in zip(points.items(), styles, strict=True):
        axes.plot(recall, precision, color=colour, lw=0.6, alpha=0.6)
        across = np.concatenate([[0], recall, recall[-1:]])
        up = np.concatenate([best[name][:1], best[name], [0] * len(recall[-1:])])
        label = f"{name}: {areas[name]:.2f}"
        axes.plot(across, up, style, color=colour, lw=2, drawstyle="steps-pre", label=label)
    axes.set(xlabel="recall", ylabel="precision", xlim=(0, 1.02), ylim=(0, 1.05))
    axes.legend(frameon=False, loc="lower left")
    hide_frame(axes)
    return figure


def _keep_best(precision: np.ndarray) -> np.ndarray:
    """Return at each place the largest value from there on."""
    return np.maximum.accumulate(precision[::-1])[::-1]
