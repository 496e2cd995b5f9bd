"""A spiking neuron: its potential over time, and its rate by current."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from course_lib.figures.canvas import Canvas
from course_lib.figures.hide_frame import hide_frame
from course_lib.figures.palette import BLUE, GREY, ORANGE


def spike_train(
    current: ArrayLike,
    potential: ArrayLike,
    spikes: ArrayLike,
    dt: float,
    rates: tuple[ArrayLike, ArrayLike, ArrayLike],
) -> Figure:
    """Draw what a neuron does with a current, and how often it fires for constant currents.

    Args:
        current: The input at each step, in units of the threshold, `(steps,)`.
        potential: The membrane potential after each step, in units of the threshold, `(steps,)`.
        spikes: 1 at steps with a spike, else 0, `(steps,)`.
        dt: The length of a step in milliseconds.
        rates: Constant currents, the rates counted in a simulation, and the rates of the formula,
            in spikes per second; three arrays `(n,)`.

    Returns:
        A figure with time on the left and the rates on the right.

    Raises:
        ValueError: The arrays over time differ in length.

    Example:
        >>> rates = [0.5, 2.0], [0, 48], [0, 50]
        >>> spike_train([2, 2], [0.9, 0], [0, 1], 1.0, rates).get_suptitle()
        '1 spike in 2 ms; counted rates differ from the formula by at most 2 per second'
    """
    drive, level, fired = (np.asarray(v, dtype=float) for v in (current, potential, spikes))
    if not len(drive) == len(level) == len(fired):
        raise ValueError(
            f"There are {len(drive)} currents, {len(level)} potentials and {len(fired)} spikes: "
            "pass one of each for every step."
        )
    currents, counted, formula = (np.asarray(values, dtype=float) for values in rates)
    total, apart = int(fired.sum()), np.abs(counted - formula).max()
    figure = Canvas(
        9.6,
        3.8,
        f"{total} spike{'' if total == 1 else 's'} in {dt * len(drive):g} ms; counted rates differ "
        f"from the formula by at most {apart:.2g} per second",
    )
    left, right = figure.subplots(1, 2, width_ratios=(1.7, 1))
    time = dt * np.arange(1, len(drive) + 1)
    left.plot(time, drive, color=ORANGE, ls="--", label="current")
    left.plot(time, level, color=BLUE, label="potential")
    left.vlines(time[fired > 0], 1, 1.4, color=BLUE, label="spikes")
    left.axhline(1, color=GREY, ls=":", lw=1, label="threshold")
    left.set(xlabel="milliseconds", ylabel="in units of the threshold")
    left.legend(frameon=False, fontsize=8, loc="upper left", ncols=2)
    left.set_ylim(-0.05, 1.35 * max(1.4, drive.max()))
    right.plot(currents, formula, color=GREY, label="formula")
    right.plot(currents, counted, "o", color=BLUE, ms=4, label="counted")
    right.set(xlabel="constant current", ylabel="spikes per second")
    right.legend(frameon=False)
    for axes in (left, right):
        hide_frame(axes)
    return figure
