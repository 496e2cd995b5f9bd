"""A threshold unit: a neuron whose output is 0 or 1."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle

from course_lib.figures.canvas import Canvas
from course_lib.figures.hide_frame import hide_frame
from course_lib.figures.palette import BLUE, GREY, ORANGE

WHITE = {"facecolor": "white", "edgecolor": "none", "pad": 1.5}


def threshold_unit(weights: Sequence[float] = (1.0, 1.0), bias: float = -0.5) -> Figure:
    """Draw a threshold unit with two inputs, as a diagram and in the plane of its inputs.

    The unit fires if w₁x₁ + w₂x₂ + b > 0 (Rosenblatt 1958); the boundary of that region is a
    straight line.

    Args:
        weights: w₁ and w₂.
        bias: b.

    Returns:
        A figure with the unit on the left and the plane of its inputs on the right.

    Raises:
        ValueError: Both weights are 0, so that there is no line.

    Example:
        >>> threshold_unit((1.0, 1.0), -0.5).get_suptitle()
        'A threshold unit divides the plane by a line: here it fires for 3 of the 4 corners'
    """
    if not any(weights):
        raise ValueError(
            "With both weights 0 the inputs have no effect: set at least one to another value."
        )
    corners = np.array(list(product((0, 1), repeat=2)))
    fires = corners @ np.asarray(weights, dtype=float) + bias > 0

    figure = Canvas(
        8.4,
        3.5,
        "A threshold unit divides the plane by a line: "
        f"here it fires for {fires.sum()} of the 4 corners",
    )
    diagram, plane = figure.subplots(1, 2, width_ratios=(1.25, 1))
    _draw_diagram(diagram, weights, bias)
    _draw_plane(plane, weights, bias, corners, fires)
    return figure


def _draw_diagram(axes: Axes, weights: Sequence[float], bias: float) -> None:
    axes.set(xlim=(-0.4, 6.2), ylim=(-0.6, 3.2), aspect="equal")
    axes.set_axis_off()
    start = [(0, 2.4, "$x_1$"), (0, 1.2, "$x_2$"), (0, 0.0, "1")]
    labels = [f"$w_1$ = {weights[0]:g}", f"$w_2$ = {weights[1]:g}", f"$b$ = {bias:g}"]
    for (x, y, name), label in zip(start, labels, strict=True):
        _draw_arrow(axes, (x + 0.3, y), (2.55, 1.2 + 0.14 * (y - 1.2)))
        _draw_unit(axes, x, y, name, GREY)
        on_arrow = 1.2 + 0.61 * (y - 1.2)
        axes.text(1.3, on_arrow, label, ha="center", va="center", fontsize=9, bbox=WHITE)
    _draw_unit(axes, 3.0, 1.2, r"$\Sigma$", BLUE, size=0.42)
    _draw_arrow(axes, (3.45, 1.2), (4.25, 1.2))
    axes.text(3.85, 1.3, "$z$", ha="center", va="bottom")
    # The step function, inside its unit.
    _draw_unit(axes, 4.7, 1.2, "", ORANGE, size=0.42)
    axes.plot([4.48, 4.7, 4.7, 4.92], [1.03, 1.03, 1.37, 1.37], color="black", lw=1.5)
    _draw_arrow(axes, (5.15, 1.2), (5.85, 1.2))
    axes.text(6.0, 1.2, "0 or 1", ha="left", va="center", fontsize=9)
    axes.text(3.0, 0.55, "sum", ha="center", va="center", fontsize=9)
    axes.text(4.7, 0.55, "step", ha="center", va="center", fontsize=9)


def _draw_unit(axes: Axes, x: float, y: float, text: str, color: str, size: float = 0.28) -> None:
    axes.add_patch(Circle((x, y), size, facecolor="white", edgecolor=color, lw=2, zorder=2))
    axes.text(x, y, text, ha="center", va="center", zorder=3)


def _draw_arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    axes.annotate("", end, start, arrowprops={"arrowstyle": "->", "color": "0.4"})


def _draw_plane(
    axes: Axes, weights: Sequence[float], bias: float, corners: np.ndarray, fires: np.ndarray
) -> None:
    low, high = -0.5, 1.5
    x1, x2 = np.meshgrid(*[np.linspace(low, high, 301)] * 2)
    z = weights[0] * x1 + weights[1] * x2 + bias
    axes.contourf(x1, x2, z > 0, levels=(0.5, 1.5), colors=[ORANGE], alpha=0.25)
    axes.contour(x1, x2, z, levels=(0,), colors="black", linewidths=1.5)
    for group, marker, color, label in (
        (fires, "s", ORANGE, "fires"),
        (~fires, "o", BLUE, "does not fire"),
    ):
        axes.plot(*corners[group].T, marker, color=color, mec="black", ms=10, label=label)
    axes.set(xlabel="input $x_1$", ylabel="input $x_2$", xlim=(low, high), ylim=(low, high))
    axes.set(xticks=(0, 1), yticks=(0, 1), aspect="equal")
    axes.legend(frameon=False, loc="center left", bbox_to_anchor=(1.0, 0.5))
    hide_frame(axes)
