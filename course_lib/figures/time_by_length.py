"""The time of a computation by the length of a sequence."""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.figure import Figure

from course_lib.figures.canvas import Canvas
from course_lib.figures.hide_frame import hide_frame
from course_lib.figures.palette import MARKED_LINES
from course_lib.figures.style_series import style_series


def time_by_length(seconds: Mapping[str, Mapping[int, float]]) -> Figure:
    """Draw the time of ways to compute the same, against the length of the sequence.

    Args:
        seconds: By way, then by length in tokens, seconds.

    Returns:
        A figure whose title compares the first and the last way at the greatest length.

    Raises:
        ValueError: No ways are given, or a way has no lengths.

    Example:
        >>> times = {"without": {10: 1.0, 100: 8.0}, "with a cache": {10: 1.0, 100: 2.0}}
        >>> time_by_length(times).get_suptitle()
        '100 tokens: with a cache 2.00 s, without 8.00 s, 4.0 times as long'
    """
    if not seconds or not all(seconds.values()):
        raise ValueError("Pass {name: {length: seconds}} to time_by_length, with one or more.")
    names = list(seconds)
    longest = max(length for by_length in seconds.values() for length in by_length)
    slow, fast = (seconds[name].get(longest, float("nan")) for name in (names[0], names[-1]))
    title = f"{longest} tokens: {names[-1]} {fast:.2f} s"
    if len(names) > 1:
        title += f", {names[0]} {slow:.2f} s, {slow / fast:.1f} times as long"
    figure = Canvas(6.4, 3.4, title)
    axes = figure.subplots()
    for (name, by_length), (colour, style) in zip(
        seconds.items(), style_series(len(seconds), MARKED_LINES), strict=True
    ):
        own = sorted(by_length)
        axes.plot(own, [by_length[n] for n in own], style, color=colour, ms=4, label=name)
    axes.set(xlabel="tokens", ylabel="seconds", ylim=(0, None))
    axes.legend(frameon=False)
    hide_frame(axes)
    return figure
