"""The paths of optimizers on a loss surface."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from course_lib.figures.canvas import Canvas
from course_lib.figures.hide_frame import hide_frame
from course_lib.figures.palette import BLUE, GREEN, ORANGE, RED
from course_lib.figures.style_series import style_series

LINES = ((BLUE, "o-"), (ORANGE, "s-"), (GREEN, "^-"), (RED, "D-"))


def loss_surface(loss: Callable[..., Any], paths: Mapping[str, ArrayLike]) -> Figure:
    """Draw the contours of a loss of two weights, and the paths of optimizers on it.

    Args:
        loss: Function of two arrays of the same shape that returns one of that shape.
        paths: By optimizer, the weights after every update, `(steps, 2)`.

    Returns:
        A figure whose title names the path with the lowest loss at its end.

    Raises:
        ValueError: There is no path.

    Example:
        >>> import numpy as np
        >>> figure = loss_surface(lambda a, b: a**2 + b**2, {"SGD": np.array([[1, 1], [0.5, 0]])})
        >>> figure.get_suptitle()
        'SGD has the lowest loss at the end (0.25)'
    """
    if not paths:
        raise ValueError("No path: pass {optimizer: weights after every update} to loss_surface.")
    arrays = {name: np.asarray(path, dtype=float) for name, path in paths.items()}
    ends = {name: float(loss(*path[-1])) for name, path in arrays.items()}
    best = min(ends, key=ends.__getitem__)
    figure = Canvas(
        7.2,
        4.4,
        f"{best} has the lowest loss at the end ({ends[best]:.2g})",
    )
    axes = figure.subplots()
    points = np.concatenate(list(arrays.values()))
    low, high = points.min(axis=0), points.max(axis=0)
    edge = 0.25 * (high - low) + 0.1
    a, b = np.meshgrid(
        *(np.linspace(s - e, t + e, 150) for s, t, e in zip(low, high, edge, strict=True))
    )
    height = loss(a, b)
    axes.contour(a, b, height, levels=25, colors="0.8", linewidths=0.8)
    for (name, path), (colour, style) in zip(
        arrays.items(), style_series(len(arrays), LINES), strict=True
    ):
        label = f"{name}: loss {ends[name]:.2g}"
        axes.plot(*path.T, style, color=colour, ms=3.5, lw=1.2, label=label)
    axes.plot(*points[0], "k*", ms=11, label="start")
    axes.set(xlabel="weight $w_1$", ylabel="weight $w_2$")
    axes.legend(frameon=False, loc="center left", bbox_to_anchor=(1.0, 0.5))
    hide_frame(axes)
    return figure
