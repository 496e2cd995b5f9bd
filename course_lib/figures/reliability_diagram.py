"""Reliability diagrams."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from course_lib.figures.canvas import Canvas
from course_lib.figures.hide_frame import hide_frame
from course_lib.figures.palette import GREY, MARKED_LINES


def reliability_diagram(
    answers: Mapping[str, tuple[ArrayLike, ArrayLike]], bins: int = 10
) -> Figure:
    """Draw how often answers are right, against how confident the model was.

    On the diagonal, a model is as often right as it is confident; below it, it is overconfident
    (Guo et al. 2017, figure 1).

    Args:
        answers: By name, the confidences `(n,)`, 0 to 1, and whether each answer is right `(n,)`.
        bins: Number of bins of equal width; empty ones are not drawn.

    Returns:
        A figure whose title compares mean confidence and accuracy of the first model.

    Example:
        >>> figure = reliability_diagram({"net": ([0.9, 0.8], [True, False])})
        >>> figure.get_suptitle()
        'net: 85% confident on average, 50% right'
    """
    name = next(iter(answers))
    confidence, right = (np.asarray(values, float) for values in answers[name])
    title = f"{name}: {confidence.mean():.0%} confident on average, {right.mean():.0%} right"
    figure = Canvas(4.6, 4.0, title)
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], color=GREY, linewidth=1, label="calibrated")
    for (label, pair), (colour, style) in zip(answers.items(), MARKED_LINES, strict=False):
        confidence, right = (np.asarray(values, float) for values in pair)
        places = np.minimum((confidence * bins).astype(int), bins - 1)
        used = np.unique(places)
        means = [(confidence[places == p].mean(), right[places == p].mean()) for p in used]
        axes.plot(*np.array(means).T, style, color=colour, label=label)
    axes.set(xlabel="mean confidence of a bin", ylabel="share of right answers")
    axes.set(xlim=(0, 1.02), ylim=(0, 1.02))
    axes.legend(frameon=False)
    hide_frame(axes)
    return figure
