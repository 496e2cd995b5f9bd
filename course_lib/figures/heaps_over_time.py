"""What generators of points make, again and again while they learn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import fill

import numpy as np
from matplotlib.figure import Figure

from course_lib.figures.canvas import BLUE, GREY, Canvas, tidy


def heaps_over_time(
    trainings: Mapping[str, Sequence], real, times: Sequence, centres, radius: float = 0.12
) -> Figure:
    """Draw made-up points over the heaps that they should fill (Metz et al. 2017, §3.1).

    Args:
        trainings: Names to sequences of arrays `(n, 2)`, the made-up points at each time.
        real: Real points, `(n, 2)`.
        times: What to write above each column.
        centres: Of the real heaps, `(heaps, 2)`.
        radius: How far from a centre a point still belongs to its heap.

    Returns:
        A `matplotlib.figure.Figure`, one row a training and one column a time. Above each panel
        are the heaps with at least 2 % of the points, and the title names those at the end.

    Raises:
        ValueError: A training has not as many arrays as there are times.

    Example:
        >>> centres = np.array([[0.5, 0.0], [-0.5, 0.0]])
        >>> figure = heaps_over_time({"one": [centres[:1]]}, centres, ["end"], centres)
        >>> [axes.get_title() for axes in figure.axes]
        ['end: 1']
    """
    for name, points in trainings.items():
        if len(points) != len(times):
            raise ValueError(f"{name} has points of {len(points)} times, not of {len(times)}.")
    filled = {
        name: [_filled(np.asarray(made), np.asarray(centres), radius) for made in points]
        for name, points in trainings.items()
    }
    figure = Canvas(
        1.25 * len(times) + 0.5, 1.55 * len(trainings) + 0.5,
        f"Of {len(centres)} heaps are filled at the end – "
        + " · ".join(f"{name}: {counts[-1]}" for name, counts in filled.items()),
    )  # fmt: skip
    grid = figure.subplots(len(trainings), len(times), squeeze=False, sharex=True, sharey=True)
    for row, (name, points) in zip(grid, trainings.items(), strict=True):
        for axes, when, made, count in zip(row, times, points, filled[name], strict=True):
            axes.plot(*np.asarray(real).T, ".", color=GREY, alpha=0.25, ms=2, mew=0)
            axes.plot(*np.asarray(made).T, ".", color=BLUE, alpha=0.5, ms=3, mew=0)
            axes.set(xlim=(-1.1, 1.1), ylim=(-1.1, 1.1), xticks=(), yticks=(), aspect="equal")
            axes.set_title(f"{when}: {count}", fontsize=8)
            tidy(axes)
        row[0].set_ylabel(fill(name, 14), fontsize=8)
    return figure


def _filled(made, centres, radius):
    distances = np.linalg.norm(made[:, None] - centres, axis=-1)
    near = distances.argmin(axis=-1)[distances.min(axis=-1) < radius]
    return int(np.sum(np.bincount(near, minlength=len(centres)) >= 0.02 * len(made)))
