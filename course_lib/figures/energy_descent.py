"""A Hopfield network that falls into a memory."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from course_lib.figures.canvas import Canvas
from course_lib.figures.hide_frame import hide_frame
from course_lib.figures.palette import BLUE, ORANGE

SHOWN = 6  # images


def energy_descent(states: ArrayLike, energies: Sequence[float], updates: Sequence[int]) -> Figure:
    """Draw states of a Hopfield network as images, and its energy below them.

    Args:
        states: States of ±1, `(times, height, width)`.
        energies: The energy of each state.
        updates: How many neurons had been updated by then.

    Returns:
        A figure with up to six of the states above the curve of the energy. Its title says whether
        the energy ever rose.

    Raises:
        ValueError: There is not one energy and one number of updates for each state.

    Example:
        >>> states = np.sign(np.arange(12).reshape(3, 2, 2) - 5.5)
        >>> energy_descent(states, [-1.0, -2.0, -2.5], [0, 2, 4]).get_suptitle()
        'The energy falls from -1.0 to -2.5 and never rises'
    """
    images, levels = np.asarray(states, dtype=float), np.asarray(energies, dtype=float)
    if not len(images) == len(levels) == len(updates):
        raise ValueError(
            f"There are {len(images)} states, {len(levels)} energies and {len(updates)} numbers of "
            "updates: pass one of each for every state."
        )
    rises = int(np.sum(np.diff(levels) > 1e-9))
    figure = Canvas(
        8.0,
        4.2,
        f"The energy falls from {levels[0]:.1f} to {levels[-1]:.1f} and "
        + (f"rises {rises} times" if rises else "never rises"),
    )
    shown = np.unique(np.linspace(0, len(images) - 1, min(SHOWN, len(images))).round().astype(int))
    grid = figure.add_gridspec(2, len(shown), height_ratios=(1, 1.3))
    for column, index in enumerate(shown):
        axes = figure.add_subplot(grid[0, column])
        axes.imshow(-images[index], cmap="gray", vmin=-1, vmax=1)
        axes.set_title(f"{updates[index]} updates", fontsize=8)
        axes.set_axis_off()
    axes = figure.add_subplot(grid[1, :])
    axes.plot(updates, levels, color=BLUE)
    axes.plot(np.asarray(updates)[shown], levels[shown], "s", color=ORANGE, ms=5)
    axes.set(xlabel="neurons updated", ylabel="energy")
    hide_frame(axes)
    return figure
