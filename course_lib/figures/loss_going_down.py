"""Gradient descent with several learning rates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from course_lib.figures.canvas import Canvas
from course_lib.figures.hide_frame import hide_frame
from course_lib.figures.palette import BLUE, RED

START, UPDATES = -1.6, 8


def loss_going_down(learning_rates: Sequence[float] = (0.05, 0.3, 1.05)) -> Figure:
    """Draw eight updates of one weight on the same loss, for several learning rates.

    The loss is (w - 1)²; each update is w ← w - learning rate × gradient, with the gradient
    2 (w - 1).

    Args:
        learning_rates: One panel for each.

    Example:
        >>> figure = loss_going_down((0.3,))
        >>> figure.axes[0].get_title()
        'learning rate 0.3: loss 6.8 → 0.0'
    """
    figure = Canvas(
        3.2 * len(learning_rates),
        3.1,
        "Each update steps downhill; steps that are too long go up the other side",
    )
    panels = figure.subplots(1, len(learning_rates), sharey=True, squeeze=False)[0]
    for axes, rate in zip(panels, learning_rates, strict=True):
        path = _descend(rate)
        w = np.linspace(min(-3, path.min()), max(5, path.max()), 200)
        axes.plot(w, _loss(w), color="0.6", lw=1.5)
        better = _loss(path[-1]) < _loss(path[0])
        axes.plot(path, _loss(path), "o-", color=BLUE if better else RED, ms=5, lw=1)
        axes.annotate("start", (START, _loss(START)), (6, 4), textcoords="offset points")
        axes.set_title(
            f"learning rate {rate:g}: loss {_loss(path[0]):.1f} → {_loss(path[-1]):.1f}",
            fontsize=9,
        )
        axes.set_xlabel("weight w")
        hide_frame(axes)
    panels[0].set_ylabel("loss")
    return figure


def _loss(w: Any) -> Any:
    return (w - 1) ** 2


def _descend(rate: float) -> np.ndarray:
    path = [START]
    for _ in range(UPDATES):
        path.append(path[-1] - rate * 2 * (path[-1] - 1))
    return np.array(path)
