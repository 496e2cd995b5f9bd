"""How a classifier divides the plane."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from matplotlib.figure import Figure

from course_lib.figures.canvas import BLUE, ORANGE, Canvas, tidy


def decision_boundary(classifiers: Mapping[str, Callable], x, y) -> Figure:
    """Draw what each of several classifiers of two classes says everywhere in the plane.

    Args:
        classifiers: From a name to a function of points `(n, 2)` that returns n numbers: above 0
            for class 1, below 0 for class 0.
        x: Points `(n, 2)` that are drawn on top.
        y: Their classes, 0 or 1, `(n,)`.

    Returns:
        A `matplotlib.figure.Figure` with one panel a classifier, in each its share of right
        answers.

    Raises:
        ValueError: There is no classifier.

    Example:
        >>> import numpy as np
        >>> x, y = np.array([[0.0, 0.0], [1.0, 1.0]]), np.array([0, 1])
        >>> figure = decision_boundary({"a line": lambda p: p.sum(axis=1) - 1}, x, y)
        >>> figure.get_suptitle()
        'Most right: a line, 100 %'
    """
    if not classifiers:
        raise ValueError("No classifier: give decision_boundary {name: function of points}.")
    x, y = np.asarray(x, dtype=float), np.ravel(y)
    right = {
        name: 100 * np.mean((np.ravel(function(x)) > 0) == (y == 1))
        for name, function in classifiers.items()
    }
    best = max(reversed(right), key=right.get)
    figure = Canvas(
        min(11, 2.9 * len(right) + 0.9),
        3.6,
        f"Most right: {best}, {right[best]:.0f} %",
    )
    low, high = x.min(axis=0), x.max(axis=0)
    edge = 0.12 * (high - low) + 1e-6
    across, up = np.meshgrid(
        *(np.linspace(a - e, b + e, 121) for a, b, e in zip(low, high, edge, strict=True))
    )
    points = np.stack([across.ravel(), up.ravel()], axis=1)
    for axes, (name, function) in zip(
        figure.subplots(1, len(right), squeeze=False)[0], classifiers.items(), strict=True
    ):
        ones = (np.ravel(function(points)) > 0).reshape(across.shape)
        axes.contourf(across, up, ones, levels=(-0.5, 0.5, 1.5), colors=[BLUE, ORANGE], alpha=0.25)
        for label, marker, colour in ((0, "o", BLUE), (1, "s", ORANGE)):
            axes.plot(*x[y == label].T, marker, color=colour, mec="black", mew=0.4, ms=4)
        axes.set_title(f"{name}: {right[name]:.0f} % right", fontsize=8)
        axes.set(xlabel="$x_1$", ylabel="$x_2$")
        tidy(axes)
    return figure
