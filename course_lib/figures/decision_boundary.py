"""The decision boundaries of classifiers in the plane."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from course_lib.figures.canvas import Canvas
from course_lib.figures.hide_frame import hide_frame
from course_lib.figures.palette import BLUE, ORANGE


def decision_boundary(
    classifiers: Mapping[str, Callable[[np.ndarray], ArrayLike]], x: ArrayLike, y: ArrayLike
) -> Figure:
    """Draw the predictions of several classifiers of two classes everywhere in the plane.

    Args:
        classifiers: By name, functions of points `(n, 2)` that return n numbers: above 0 for
            class 1, below 0 for class 0.
        x: Points `(n, 2)` that are drawn on top.
        y: Their classes, 0 or 1, `(n,)`.

    Returns:
        A figure with one panel per classifier, with its accuracy.

    Raises:
        ValueError: There is no classifier.

    Example:
        >>> import numpy as np
        >>> x, y = np.array([[0.0, 0.0], [1.0, 1.0]]), np.array([0, 1])
        >>> figure = decision_boundary({"a line": lambda p: p.sum(axis=1) - 1}, x, y)
        >>> figure.get_suptitle()
        'Most accurate: a line, 100 %'
    """
    if not classifiers:
        raise ValueError("No classifier: pass {name: function of points} to decision_boundary.")
    x, y = np.asarray(x, dtype=float), np.ravel(y)
    accuracies = {
        name: 100 * np.mean((np.ravel(function(x)) > 0) == (y == 1))
        for name, function in classifiers.items()
    }
    best = max(reversed(accuracies), key=accuracies.__getitem__)
    figure = Canvas(
        min(11, 2.9 * len(accuracies) + 0.9),
        3.6,
        f"Most accurate: {best}, {accuracies[best]:.0f} %",
    )
    low, high = x.min(axis=0), x.max(axis=0)
    edge = 0.12 * (high - low) + 1e-6
    across, up = np.meshgrid(
        *(np.linspace(a - e, b + e, 121) for a, b, e in zip(low, high, edge, strict=True))
    )
    points = np.stack([across.ravel(), up.ravel()], axis=1)
    for axes, (name, function) in zip(
        figure.subplots(1, len(accuracies), squeeze=False)[0], classifiers.items(), strict=True
    ):
        ones = (np.ravel(function(points)) > 0).reshape(across.shape)
        axes.contourf(across, up, ones, levels=(-0.5, 0.5, 1.5), colors=[BLUE, ORANGE], alpha=0.25)
        for label, marker, colour in ((0, "o", BLUE), (1, "s", ORANGE)):
            axes.plot(*x[y == label].T, marker, color=colour, mec="black", mew=0.4, ms=4)
        axes.set_title(f"{name}: {accuracies[name]:.0f} % correct", fontsize=8)
        axes.set(xlabel="$x_1$", ylabel="$x_2$")
        hide_frame(axes)
    return figure
