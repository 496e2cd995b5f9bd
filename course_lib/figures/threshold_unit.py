"""A neuron that fires or does not."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Circle

from course_lib.figures.canvas import BLUE, GREY, ORANGE, Canvas, tidy

WHITE = {"facecolor": "white", "edgecolor": "none", "pad": 1.5}


def threshold_unit(weights: Sequence[float] = (1.0, 1.0), bias: float = -0.5) -> Figure:
    """Draw a threshold unit of two inputs: as a diagram, and as the line that it draws.

    The unit fires where w₁x₁ + w₂x₂ + b > 0 (Rosenblatt 1958); the edge of that region is a
    straight line.

    Args:
        weights: w₁ and w₂.
        bias: b.

    Returns:
        A `matplotlib.figure.Figure`: left the unit, right the plane of its inputs.

    Raises:
        ValueError: Both weights are 0, so that there is no line.

    Example:
        >>> threshold_unit((1.0, 1.0), -0.5).get_suptitle()
        'A threshold unit cuts the plane with a line: here it fires for 3 of the 4 corners'
    """
    weights = np.asarray(weights, dtype=float)
    if not weights.any():
        raise ValueError("With both weights 0 the inputs do not matter: give at least one other.")
    corners = np.array(list(product((0, 1), repeat=2)))
    fires = corners @ weights + bias > 0

    figure = Canvas(
        8.4,
        3.5,
        "A threshold unit cuts the plane with a line: "
        f"here it fires for {fires.sum()} of the 4 corners",
    )
    diagram, plane = figure.subplots(1, 2, width_ratios=(1.25, 1))
    _draw_diagram(diagram, weights, bias)
    _draw_plane(plane, weights, bias, corners, fires)
    return figure


def _draw_diagram(axes, weights, bias):
    axes.set(xlim=(-0.4, 6.2), ylim=(-0.6, 3.2), aspect="equal")
    axes.set_axis_off()
    start = [(0, 2.4, "$x_1$"), (0, 1.2, "$x_2$"), (0, 0.0, "1")]
    labels = [f"$w_1$ = {weights[0]:g}", f"$w_2$ = {weights[1]:g}", f"$b$ = {bias:g}"]
    for (x, y, name), label in zip(start, labels, strict=True):
        _arrow(axes, (x + 0.3, y), (2.55, 1.2 + 0.14 * (y - 1.2)))
        _unit(axes, x, y, name, GREY)
        on_arrow = 1.2 + 0.61 * (y - 1.2)
        axes.text(1.3, on_arrow, label, ha="center", va="center", fontsize=9, bbox=WHITE)
    _unit(axes, 3.0, 1.2, r"$\Sigma$", BLUE, size=0.42)
    _arrow(axes, (3.45, 1.2), (4.25, 1.2))
    axes.text(3.85, 1.3, "$z$", ha="center", va="bottom")
    # The step, drawn inside its unit.
    _unit(axes, 4.7, 1.2, "", ORANGE, size=0.42)
    axes.plot([4.48, 4.7, 4.7, 4.92], [1.03, 1.03, 1.37, 1.37], color="black", lw=1.5)
    _arrow(axes, (5.15, 1.2), (5.85, 1.2))
    axes.text(6.0, 1.2, "0 or 1", ha="left", va="center", fontsize=9)
    axes.text(3.0, 0.55, "sum", ha="center", va="center", fontsize=9)
    axes.text(4.7, 0.55, "step", ha="center", va="center", fontsize=9)


def _unit(axes, x, y, text, color, size=0.28):
    axes.add_patch(Circle((x, y), size, facecolor="white", edgecolor=color, lw=2, zorder=2))
    axes.text(x, y, text, ha="center", va="center", zorder=3)


def _arrow(axes, start, end):
    axes.annotate("", end, start, arrowprops={"arrowstyle": "->", "color": "0.4"})


def _draw_plane(axes, weights, bias, corners, fires):
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
    tidy(axes)
