"""The accuracy of models against their cost in parameters and multiply-adds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator
from matplotlib.transforms import Bbox

from course_lib.figures.canvas import Canvas
from course_lib.figures.hide_frame import hide_frame
from course_lib.figures.palette import BLUE, GREY, ORANGE

# Positions of a name relative to its point: offset in points, and which end of the name is there.
POSITIONS = (
    ((7, 0), "left", "center"),
    ((-7, 0), "right", "center"),
    ((0, -7), "center", "top"),
    ((0, 7), "center", "bottom"),
    ((6, -6), "left", "top"),
    ((-6, -6), "right", "top"),
)


def accuracy_by_cost(
    names: Sequence[str],
    accuracies: Sequence[float],
    parameters: Sequence[int],
    multiply_adds: Sequence[int],
    title: str | None = None,
) -> Figure:
    """Draw the accuracy of models against their parameters and against their multiply-adds.

    Orange diamonds, joined by a line, are the Pareto front: no other model is at least as accurate
    at the same cost or less. A model below the line has a cheaper equivalent.

    Args:
        names: Names of the models.
        accuracies: Accuracy of each model on the same test data, in [0, 1].
        parameters: Number of parameters of each model.
        multiply_adds: Multiply-adds of each model for one image.
        title: The finding. Default: the most accurate model and its cost.

    Returns:
        A figure with a panel for each cost; the costs have logarithmic scales.

    Raises:
        ValueError: There is no model, or the numbers do not match the names.

    Example:
        >>> figure = accuracy_by_cost(["small", "large"], [0.5, 0.7], [1e4, 1e5], [1e6, 2e6])
        >>> figure.get_suptitle()
        'large is most accurate (70 %), with 100 thousand parameters and 2 million multiply-adds'
    """
    if not len(names) == len(accuracies) == len(parameters) == len(multiply_adds) > 0:
        raise ValueError(
            f"{len(names)} names, {len(accuracies)} accuracies, {len(parameters)} parameters and "
            f"{len(multiply_adds)} multiply_adds: pass one of each for every model."
        )
    best = int(np.argmax(accuracies))
    found = (
        f"{names[best]} is most accurate ({100 * accuracies[best]:.0f} %), with "
        f"{_count(parameters[best])} parameters and {_count(multiply_adds[best])} multiply-adds"
    )
    figure = Canvas(10, 4.4, title or found)
    panels = figure.subplots(1, 2, sharey=True)
    percent = 100 * np.array(accuracies, float)
    costs = {"parameters": parameters, "multiply-adds of one image": multiply_adds}
    for axes, (label, cost) in zip(panels, costs.items(), strict=True):
        _draw_models(axes, np.array(cost, float), percent)
        axes.set(xlabel=label)
        hide_frame(axes)
    panels[0].set_ylabel("test accuracy, %")
    figure.draw_without_rendering()  # fixes the positions in pixels
    for axes, cost in zip(panels, costs.values(), strict=True):
        _write_names(axes, names, np.column_stack([np.array(cost, float), percent]))
    return figure


def _draw_models(axes: Axes, costs: np.ndarray, percent: np.ndarray) -> None:
    models = list(zip(costs, percent, strict=True))
    front = np.array([not np.any((costs <= cost) & (percent > p)) for cost, p in models])
    order = np.flatnonzero(front)[np.argsort(costs[front])]
    axes.plot(costs[order], percent[order], ":", color=GREY, zorder=1)
    axes.scatter(costs[front], percent[front], color=ORANGE, marker="D", zorder=2)
    axes.scatter(costs[~front], percent[~front], color=BLUE, zorder=2)
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda cost, _: _count(cost, "k", "M")))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.margins(x=0.15, y=0.12)


def _write_names(axes: Axes, names: Sequence[str], points: np.ndarray) -> None:
    """Write each name beside its point, if possible where it covers no other point or name."""
    middles = axes.transData.transform(points)
    taken = [Bbox.from_extents(x - 5, y - 5, x + 5, y + 5) for x, y in middles]
    inside = axes.get_window_extent()
    for number, name in enumerate(names):
        others = taken[:number] + taken[number + 1 :]
        candidates = []
        for offset, ha, va in POSITIONS:
            text = axes.annotate(
                name, points[number], offset, textcoords="offset points", fontsize=9, ha=ha, va=va
            )
            box = text.get_window_extent()
            overlaps = sum(box.overlaps(other) for other in others)
            overlaps += not (inside.x0 <= box.x0 and box.x1 <= inside.x1)
            candidates.append((overlaps, text, box))
        best = min(candidates, key=lambda candidate: candidate[0])
        for candidate in candidates:
            if candidate is not best:
                candidate[1].remove()
        taken.append(best[2])


def _count(number: float, thousand: str = " thousand", million: str = " million") -> str:
    if number >= 1e6:
        return f"{number / 1e6:.3g}{million}"
    return f"{number / 1e3:.3g}{thousand}"
