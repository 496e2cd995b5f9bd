"""The trainings of several GANs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from course_lib.figures.canvas import Canvas
from course_lib.figures.hide_frame import hide_frame
from course_lib.figures.palette import BLUE, GREY, ORANGE, RED

ROWS, COLUMNS = 2, 6  # of samples
Training = tuple[Mapping[str, Sequence[float]], ArrayLike, ArrayLike]


def gan_trainings(trainings: Mapping[str, Training]) -> Figure:
    """Draw for each training both losses, some samples and the judge's mean probabilities.

    Args:
        trainings: By name, `(losses, samples, probabilities)`: losses is a dictionary of
            "discriminator_loss" and "generator_loss" with one number per epoch; samples is
            `(n, 28, 28)` with n ≥ 12, float in [0, 1]; probabilities is `(n, 11)`, from
            `course_lib.models.digit_judge`.

    Returns:
        A figure with one row per training.

    Example:
        >>> losses = {"discriminator_loss": [1.4, 1.2], "generator_loss": [0.7, 0.9]}
        >>> sevens = np.tile(np.eye(11)[7], (12, 1))
        >>> figure = gan_trainings({"one": (losses, np.zeros((12, 28, 28)), sevens)})
        >>> figure.get_suptitle()
        'Samples that the judge classifies as digits: one 100 %'
    """
    finding = [
        f"{name} {100 * (1 - np.asarray(judged).mean(axis=0)[-1]):.0f} %"
        for name, (_, _, judged) in trainings.items()
    ]
    title = "Samples that the judge classifies as digits: " + ", ".join(finding)
    figure = Canvas(9.6, 1.75 * len(trainings) + 0.6, title)
    grid = figure.subplots(len(trainings), 3, squeeze=False, width_ratios=(1.1, 1.5, 1))
    for row, (name, (losses, samples, judged)) in zip(grid, trainings.items(), strict=True):
        curves, images, bars = row
        epochs = np.arange(1, len(losses["generator_loss"]) + 1)
        curves.plot(epochs, losses["discriminator_loss"], "o-", color=BLUE, ms=3, label="D")
        curves.plot(epochs, losses["generator_loss"], "s--", color=ORANGE, ms=3, label="G")
        curves.set(ylabel="loss", ylim=(0, None))
        curves.xaxis.set_major_locator(MaxNLocator(integer=True))
        curves.set_title(name, fontsize=9, loc="left")
        curves.legend(frameon=False, fontsize=7)
        shown = np.asarray(samples)[: ROWS * COLUMNS].reshape(ROWS, COLUMNS, 28, 28)
        wall = shown.transpose(0, 2, 1, 3).reshape(ROWS * 28, COLUMNS * 28)
        images.imshow(wall, cmap="gray_r", vmin=0, vmax=1)
        images.set_axis_off()
        bars.bar(range(11), np.asarray(judged).mean(axis=0), color=[GREY] * 10 + [RED])
        bars.set(xticks=range(11), ylim=(0, 1), ylabel="probability")
        bars.set_xticklabels([*"0123456789", "no"])
        hide_frame(curves)
        hide_frame(bars)
    grid[-1, 0].set_xlabel("epoch")
    grid[-1, 2].set_xlabel("digit (no: not a digit)")
    for axes in grid[:-1, (0, 2)].flat:
        axes.set_xlabel(" ")
    return figure
