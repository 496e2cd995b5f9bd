"""What a reservoir still knows of its past inputs."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from course_lib.figures.canvas import Canvas
from course_lib.figures.hide_frame import hide_frame
from course_lib.figures.palette import PLAIN_LINES
from course_lib.figures.style_series import style_series


def memory_by_delay(curves: Mapping[float, ArrayLike]) -> Figure:
    """Draw how well a linear readout recovers the input of some steps ago (Jaeger 2001).

    Args:
        curves: By spectral radius, the squared correlations for the delays 1, 2, 3, ….

    Returns:
        A figure with a line per spectral radius. Its title names the one with the largest sum,
        which is the memory capacity in steps.

    Raises:
        ValueError: There is no curve.

    Example:
        >>> memory_by_delay({0.5: [1.0, 0.5], 0.9: [1.0, 0.9]}).get_suptitle()
        'A spectral radius of 0.9 remembers most: 1.9 steps in all'
    """
    if not curves:
        raise ValueError("No curve: pass {spectral radius: squared correlations}.")
    values = {radius: np.asarray(curve, dtype=float) for radius, curve in curves.items()}
    best = max(values, key=lambda radius: values[radius].sum())
    figure = Canvas(
        6.8,
        3.8,
        f"A spectral radius of {best:g} remembers most: {values[best].sum():.1f} steps in all",
    )
    axes = figure.subplots()
    for (radius, curve), (colour, style) in zip(
        values.items(), style_series(len(values), PLAIN_LINES), strict=True
    ):
        label = f"{radius:g}: {curve.sum():.1f} steps"
        axes.plot(np.arange(1, len(curve) + 1), curve, style, color=colour, label=label)
    axes.set(xlabel="delay in steps", ylabel="squared correlation", ylim=(0, 1.05))
    axes.legend(frameon=False, title="spectral radius")
    hide_frame(axes)
    return figure
