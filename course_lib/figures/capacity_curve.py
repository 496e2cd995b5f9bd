"""How many patterns a Hopfield network can hold."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure

from course_lib.figures.canvas import Canvas
from course_lib.figures.hide_frame import hide_frame
from course_lib.figures.palette import GREY, MARKED_LINES
from course_lib.figures.style_series import style_series

CRITICAL = 0.138  # Amit, Gutfreund & Sompolinsky 1985
RECALLED = 0.9  # the overlap above which a pattern counts as recalled


def capacity_curve(overlaps: Mapping[int, Mapping[float, float]]) -> Figure:
    """Draw the overlap of recalled with stored patterns against the load of the network.

    Args:
        overlaps: By number of neurons N, then by load (patterns / N), mean overlaps from -1 to 1.

    Returns:
        A figure with a line per size and a mark at the theory's 0.138 (Amit, Gutfreund &
        Sompolinsky 1985). Its title gives the load at which the largest network's overlap falls
        below 0.9.

    Raises:
        ValueError: No networks are given, or one has no overlaps.

    Example:
        >>> figure = capacity_curve({100: {0.1: 1.0, 0.15: 0.8, 0.2: 0.4}})
        >>> figure.get_suptitle()
        'With 100 neurons, the overlap falls below 0.9 at 0.125 N patterns'
    """
    if not overlaps or not all(overlaps.values()):
        raise ValueError("No overlaps: pass {neurons: {load: overlap}} to capacity_curve.")
    largest = max(overlaps)
    limit = find_capacity(overlaps[largest])
    figure = Canvas(
        6.4,
        3.8,
        f"With {largest:,} neurons, the overlap "
        + (
            f"stays above {RECALLED}"
            if limit is None
            else f"falls below {RECALLED} at {limit:.3g} N patterns"
        ),
    )
    axes = figure.subplots()
    styles = style_series(len(overlaps), MARKED_LINES)
    for (neurons, by_load), (colour, style) in zip(overlaps.items(), styles, strict=True):
        loads = sorted(by_load)
        values = [by_load[load] for load in loads]
        axes.plot(loads, values, style, color=colour, ms=4, label=f"{neurons:,} neurons")
    axes.axvline(CRITICAL, color=GREY, ls=":", label=f"{CRITICAL} N")
    axes.set(xlabel="patterns per neuron", ylabel="overlap after recall", ylim=(0, 1.05))
    axes.legend(frameon=False, loc="lower left")
    hide_frame(axes)
    return figure


def find_capacity(by_load: Mapping[float, float], least: float = RECALLED) -> float | None:
    """Return the load at which the overlap first falls below `least`, between two loads on a line.

    Args:
        by_load: Overlaps by load.
        least: The overlap that counts as recalled.

    Returns:
        The load; None if every overlap is at least `least`.

    Example:
        >>> print(find_capacity({0.1: 1.0, 0.2: 0.8}), find_capacity({0.1: 0.95}))
        0.15 None
    """
    loads = np.array(sorted(by_load))
    values = np.array([by_load[load] for load in loads])
    below = np.flatnonzero(values < least)
    if not len(below):
        return None
    first = below[0]
    if first == 0:
        return float(loads[0])
    before, after = values[first - 1], values[first]
    share = (before - least) / (before - after)
    return float(np.round(loads[first - 1] + share * (loads[first] - loads[first - 1]), 12))
