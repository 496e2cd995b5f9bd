"""The gates of a recurrent cell over time."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from course_lib.figures.canvas import Canvas
from course_lib.figures.hide_frame import hide_frame
from course_lib.figures.palette import BLUE, PLAIN_LINES
from course_lib.figures.style_series import style_series


def gate_activity(
    inputs: Mapping[str, ArrayLike], gates: Mapping[str, ArrayLike], cell: ArrayLike
) -> Figure:
    """Draw the inputs, the gates and the cell state of one unit, one above the other.

    Args:
        inputs: By name, an input at each step, `(steps,)`.
        gates: By gate, its value at each step, from 0 (closed) to 1 (open), `(steps,)`.
        cell: The cell state at each step, `(steps,)`.

    Returns:
        A figure whose title gives the longest run of steps in which the cell state changes by less
        than 5 % of its largest value.

    Raises:
        ValueError: There are no inputs or gates, or the lengths differ.

    Example:
        >>> figure = gate_activity({"x": [1, 0, 0]}, {"input": [1, 0, 0]}, [0.8, 0.8, 0.79])
        >>> figure.get_suptitle()
        'The cell state hardly changes for 3 steps'
    """
    state = np.asarray(cell, float).ravel()
    rows = [
        {name: np.asarray(v, float).ravel() for name, v in row.items()} for row in (inputs, gates)
    ]
    lengths = {len(values) for row in rows for values in row.values()} | {len(state)}
    if not all(rows) or len(lengths) > 1:
        raise ValueError(
            "gate_activity needs inputs, gates and a cell state of the same number of steps; the "
            f"lengths are {', '.join(map(str, sorted(lengths)))}."
        )
    kept = _count_longest(state)
    figure = Canvas(7.0, 4.8, f"The cell state hardly changes for {kept} steps")
    steps = np.arange(1, len(state) + 1)
    panels = figure.subplots(3, 1, sharex=True)
    for axes, row, label in zip(panels, rows, ("input", "gate"), strict=False):
        for (name, values), (colour, style) in zip(
            row.items(), style_series(len(row), PLAIN_LINES), strict=True
        ):
            axes.step(steps, values, style, where="mid", color=colour, lw=2, label=name)
        axes.set_ylabel(label)
        axes.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
        hide_frame(axes)
    panels[1].set_ylim(-0.08, 1.08)
    panels[2].plot(steps, state, "o-", color=BLUE, ms=3)
    panels[2].set(xlabel="step", ylabel="cell state")
    hide_frame(panels[2])
    return figure


def _count_longest(state: np.ndarray) -> int:
    """Count the steps of the longest run in which the state hardly changes."""
    is_kept = np.abs(np.diff(state)) < 0.05 * np.abs(state).max(initial=0)
    longest = run = 0
    for kept in is_kept:
        run = run + 1 if kept else 0
        longest = max(longest, run)
    return longest + 1
