"""The points of generators during training, over the clusters that they should cover."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import fill

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from course_lib.figures.canvas import Canvas
from course_lib.figures.hide_frame import hide_frame
from course_lib.figures.palette import BLUE, GREY


def heaps_over_time(
    trainings: Mapping[str, Sequence[ArrayLike]],
    real: ArrayLike,
    times: Sequence[object],
    centres: ArrayLike,
    radius: float = 0.12,
) -> Figure:
    """Draw generated points over the clusters that they should cover (Metz et al. 2017, §3.1).

    Args:
        trainings: By name, arrays `(n, 2)`: the generated points at each time.
        real: Real points, `(n, 2)`.
        times: What to write above each column.
        centres: Centres of the real clusters, `(clusters, 2)`.
        radius: Largest distance of a point from the centre of its cluster.

    Returns:
        A figure with one row per training and one column per time. The number above a panel
        counts the clusters with at least 2 % of the points; the title gives it at the end.

    Raises:
        ValueError: A training does not have one array for each time.

    Example:
        >>> centres = np.array([[0.5, 0.0], [-0.5, 0.0]])
        >>> figure = heaps_over_time({"one": [centres[:1]]}, centres, ["end"], centres)
        >>> [axes.get_title() for axes in figure.axes]
        ['end: 1']
    """
    for name, points in trainings.items():
        if len(points) != len(times):
            raise ValueError(
                f"{name} has points for {len(points)} times, and there are {len(times)} times."
            )
    real, centres = np.asarray(real), np.asarray(centres)
    covered = {
        name: [_count_covered(np.asarray(made), centres, radius) for made in points]
        for name, points in trainings.items()
    }
    figure = Canvas(
        1.25 * len(times) + 0.5, 1.55 * len(trainings) + 0.5,
        f"Clusters covered at the end, of {len(centres)} – "
        + " · ".join(f"{name}: {counts[-1]}" for name, counts in covered.items()),
    )  # fmt: skip
    grid = figure.subplots(len(trainings), len(times), squeeze=False, sharex=True, sharey=True)
    for row, (name, points) in zip(grid, trainings.items(), strict=True):
        for axes, when, made, count in zip(row, times, points, covered[name], strict=True):
            axes.plot(*real.T, ".", color=GREY, alpha=0.25, ms=2, mew=0)
            axes.plot(*np.asarray(made).T, ".", color=BLUE, alpha=0.5, ms=3, mew=0)
            axes.set(xlim=(-1.1, 1.1), ylim=(-1.1, 1.1), xticks=(), yticks=(), aspect="equal")
            axes.set_title(f"{when}: {count}", fontsize=8)
            hide_frame(axes)
        row[0].set_ylabel(fill(name, 14), fontsize=8)
    return figure


def _count_covered(made: np.ndarray, centres: np.ndarray, radius: float) -> int:
    distances = np.linalg.norm(made[:, None] - centres, axis=-1)
    near = distances.argmin(axis=-1)[distances.min(axis=-1) < radius]
    return int(np.sum(np.bincount(near, minlength=len(centres)) >= 0.02 * len(made)))
