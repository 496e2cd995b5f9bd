"""Axes without a frame."""

from __future__ import annotations

from matplotlib.axes import Axes


def hide_frame(axes: Axes) -> None:
    """Hide the top and right edge of axes, which have no scale.

    Example:
        >>> from course_lib.figures.canvas import Canvas
        >>> axes = Canvas(4, 3, "Nothing").subplots()
        >>> hide_frame(axes)
        >>> axes.spines["top"].get_visible()
        False
    """
    axes.spines[["top", "right"]].set_visible(False)
