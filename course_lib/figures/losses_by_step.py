"""The training losses of several trainings by step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from course_lib.figures.canvas import Canvas
from course_lib.figures.hide_frame import hide_frame
from course_lib.figures.palette import PLAIN_LINES
from course_lib.figures.style_series import style_series


def losses_by_step(losses: Mapping[str, Sequence[float]], smooth: int = 8) -> Figure:
    """Draw the training losses of several trainings as moving means.

    Args:
        losses: By name, the loss at each step; up to four trainings.
        smooth: Number of steps in a mean; each step has other images, so single losses vary.

    Returns:
        A figure whose title gives the mean loss at the end of each training.

    Raises:
        ValueError: There is no training, or one has fewer steps than `smooth`.

    Example:
        >>> figure = losses_by_step({"plain": [2.0, 1.5, 1.5], "residual": [2, 1, 1]}, smooth=2)
        >>> figure.get_suptitle()
        'Training loss at the end: plain 1.50, residual 1.00'
    """
    if not losses:
        raise ValueError("No training: pass {name: losses} to losses_by_step.")
    for name, values in losses.items():
        if len(values) < smooth:
            raise ValueError(
                f"The training {name!r} has {len(values)} steps, less than smooth={smooth}."
            )
    means = {
        name: np.convolve(np.asarray(values, dtype=float), np.full(smooth, 1 / smooth), "valid")
        for name, values in losses.items()
    }
    ends = ", ".join(f"{name} {mean[-1]:.2f}" for name, mean in means.items())
    figure = Canvas(6.8, 3.6, f"Training loss at the end: {ends}")
    axes = figure.subplots()
    for (name, mean), (colour, style) in zip(
        means.items(), style_series(len(means), PLAIN_LINES), strict=True
    ):
        steps = np.arange(smooth, smooth + len(mean))
        axes.plot(steps, mean, style, color=colour, lw=2, label=name)
    axes.set(xlabel="step", ylabel=f"loss, mean of the last {smooth} steps")
    axes.legend(frameon=False)
    hide_frame(axes)
    return figure
