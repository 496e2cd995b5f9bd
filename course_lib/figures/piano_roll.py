"""Tunes as a piano roll."""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.figure import Figure

from course_lib.data.tunes import SCALE, read_tune
from course_lib.figures.canvas import Canvas
from course_lib.figures.hide_frame import hide_frame
from course_lib.figures.palette import BLUE, RED

EIGHTHS = 6  # in a bar


def piano_roll(tunes: Mapping[str, str], bars: int = 8) -> Figure:
    """Draw the notes of tunes: time to the right, pitch upwards.

    Args:
        tunes: By name, a tune in the notation of `course_lib.data.tunes`.
        bars: The most bars of a tune that are drawn.

    Returns:
        A figure with one row per tune; bars that don't have six eighths are red, and the title
        counts them.

    Raises:
        ValueError: There is no tune.

    Example:
        >>> piano_roll({"a": "GBd g3|G3 G3|]", "b": "GB|"}).get_suptitle()
        'Bars without six eighths: a 0 of 2, b 1 of 1'
    """
    if not tunes:
        raise ValueError("No tune: pass {name: tune} to piano_roll.")
    read = {name: read_tune(tune)[:bars] for name, tune in tunes.items()}
    wrong = {name: sum(_measure(bar) != EIGHTHS for bar in found) for name, found in read.items()}
    listed = ", ".join(f"{name} {wrong[name]} of {len(found)}" for name, found in read.items())
    figure = Canvas(7.4, 0.6 + 1.5 * len(read), f"Bars without six eighths: {listed}")
    panels = figure.subplots(len(read), 1, sharex=True, squeeze=False)[:, 0]
    for axes, (name, found) in zip(panels, read.items(), strict=True):
        begin = 0
        for bar in found:
            colour = BLUE if _measure(bar) == EIGHTHS else RED
            for place, length in bar:
                axes.barh(place, length - 0.15, left=begin, height=0.8, color=colour)
                begin += length
            axes.axvline(begin - 0.075, color="0.8", lw=1)
        axes.set(ylabel=name, ylim=(-0.6, len(SCALE) - 0.4))
        axes.set_yticks([3, 7], ["G", "d"])
        hide_frame(axes)
    panels[-1].set_xlabel("time in eighths")
    return figure


def _measure(bar: list[tuple[int, int]]) -> int:
    """Return the eighths in a bar."""
    return sum(length for _, length in bar)
