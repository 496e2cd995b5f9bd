"""Trainings of GANs, side by side."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from course_lib.figures.canvas import BLUE, GREY, ORANGE, Canvas, tidy

ROWS, COLUMNS = 2, 6


def gan_trainings(trainings: Mapping[str, tuple]) -> Figure:
    """Draw, for each training, both losses, some samples and the share of each digit.

    Args:
        trainings: Names to `(losses, samples, shares)`: losses a dictionary of two lists, one
            number an epoch, "discriminator_loss" and "generator_loss"; samples `(n, 28, 28)` with
            n ≥ 12, float in [0, 1]; shares `(10,)`.

    Returns:
        A `matplotlib.figure.Figure` with one row a training.

    Example:
        >>> losses = {"discriminator_loss": [1.4, 1.2], "generator_loss": [0.7, 0.9]}
        >>> figure = gan_trainings({"one": (losses, np.zeros((12, 28, 28)), np.full(10, 0.1))})
        >>> figure.get_suptitle()
        'Most frequent digit among the samples – one: 10 %'
    """
    finding = [
        f"{name}: {100 * np.max(shares):.0f} %" for name, (_, _, shares) in trainings.items()
    ]
    figure = Canvas(
        9.6, 1.75 * len(trainings) + 0.6,
        "Most frequent digit among the samples – " + ", ".join(finding),
    )  # fmt: skip
    grid = figure.subplots(len(trainings), 3, squeeze=False, width_ratios=(1.1, 1.5, 1))
    for row, (name, (losses, samples, shares)) in zip(grid, trainings.items(), strict=True):
        curves, pictures, bars = row
        epochs = np.arange(1, len(losses["generator_loss"]) + 1)
        curves.plot(epochs, losses["discriminator_loss"], "o-", color=BLUE, ms=3, label="D")
        curves.plot(epochs, losses["generator_loss"], "s--", color=ORANGE, ms=3, label="G")
        curves.set(ylabel="loss", ylim=(0, None))
        curves.xaxis.set_major_locator(MaxNLocator(integer=True))
        curves.set_title(name, fontsize=9, loc="left")
        curves.legend(frameon=False, fontsize=7)
        shown = np.asarray(samples)[: ROWS * COLUMNS].reshape(ROWS, COLUMNS, 28, 28)
        wall = shown.transpose(0, 2, 1, 3).reshape(ROWS * 28, COLUMNS * 28)
        pictures.imshow(wall, cmap="gray_r", vmin=0, vmax=1)
        pictures.set_axis_off()
        bars.bar(range(10), shares, color=GREY)
        bars.set(xticks=range(10), ylim=(0, 1), ylabel="share")
        tidy(curves)
        tidy(bars)
    grid[-1, 0].set_xlabel("epoch")
    grid[-1, 2].set_xlabel("digit, by the judge")
    for axes in grid[:-1, (0, 2)].flat:
        axes.set_xlabel(" ")
    return figure
