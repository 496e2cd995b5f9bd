"""A self-organising map that spreads over its data."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from course_lib.figures.canvas import Canvas
from course_lib.figures.hide_frame import hide_frame
from course_lib.figures.palette import BLUE, GREY


def unfolding_map(points: ArrayLike, maps: Mapping[str, ArrayLike]) -> Figure:
    """Draw a map in the plane of its data at several times, with lines between neighbours.

    Args:
        points: The data, `(n, 2)`.
        maps: By time, the weights of the units, `(rows, columns, 2)`.

    Returns:
        A figure with a panel per time. Its title gives the mean distance of a point from its
        nearest unit, at the first time and at the last.

    Raises:
        ValueError: There is no map.

    Example:
        >>> points = np.array([[0.0, 0.0], [1.0, 1.0]])
        >>> maps = {"start": np.full((1, 2, 2), 0.5), "end": points[None]}
        >>> unfolding_map(points, maps).get_suptitle()
        'From a point to its nearest unit: 0.71 at first, 0.00 in the end'
    """
    if not maps:
        raise ValueError("No map: pass {time: weights (rows, columns, 2)} to unfolding_map.")
    data = np.asarray(points, dtype=float)
    nets = {name: np.asarray(weights, dtype=float) for name, weights in maps.items()}
    distances = [_measure_distance(data, net) for net in nets.values()]
    first, last = distances[0], distances[-1]
    figure = Canvas(
        min(11.0, 2.6 * len(nets) + 0.4),
        3.2,
        f"From a point to its nearest unit: {first:.2f} at first, {last:.2f} in the end",
    )
    panels = figure.subplots(1, len(nets), squeeze=False, sharex=True, sharey=True)[0]
    for axes, (name, net) in zip(panels, nets.items(), strict=True):
        axes.plot(*data.T, ".", color=GREY, ms=2, alpha=0.4)
        for line in [*net, *net.swapaxes(0, 1)]:
            axes.plot(*line.T, color=BLUE, lw=0.8)
        axes.plot(*net.reshape(-1, 2).T, "o", color=BLUE, ms=2.5)
        axes.set_title(name, fontsize=9)
        axes.set(aspect="equal", xlabel="$x_1$")
        hide_frame(axes)
    panels[0].set_ylabel("$x_2$")
    return figure


def _measure_distance(points: np.ndarray, net: np.ndarray) -> float:
    units = net.reshape(-1, 2)
    return float(np.linalg.norm(points[:, None] - units, axis=2).min(axis=1).mean())
