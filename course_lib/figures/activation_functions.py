"""Activation functions side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from course_lib.figures.canvas import Canvas
from course_lib.figures.hide_frame import hide_frame
from course_lib.figures.palette import BLUE


def activation_functions(
    functions: Mapping[str, Callable[[np.ndarray], ArrayLike]],
    title: str = "The output of a neuron for its weighted sum: all of these are nonlinear",
) -> Figure:
    """Draw functions for weighted sums from -4 to 4.

    Args:
        functions: By name, functions of an array that return one of the same shape.
        title: The finding, above the panels.

    Returns:
        A figure with one panel per function.

    Example:
        >>> import numpy as np
        >>> figure = activation_functions({"tanh": np.tanh, "sin": np.sin})
        >>> [axes.get_title() for axes in figure.axes]
        ['tanh', 'sin']
    """
    z = np.linspace(-4, 4, 401)
    columns = len(functions)
    values = {name: np.asarray(function(z.copy())) for name, function in functions.items()}
    steep = any(np.max(np.abs(heights)) > 1.2 for heights in values.values())
    limits = (-1.2, 4.2) if steep else (-0.2, 1.2)
    figure = Canvas(2.1 * columns, 2.4, title)
    panels = figure.subplots(1, columns, sharey=True, squeeze=False)[0]
    for axes, (name, heights) in zip(panels, values.items(), strict=True):
        axes.axhline(0, color="0.85", lw=1)
        axes.axvline(0, color="0.85", lw=1)
        axes.plot(z, heights, color=BLUE, lw=2)
        axes.set_title(name, fontsize=10)
        axes.set(xlabel="weighted sum z", ylim=limits, xticks=(-4, 0, 4))
        hide_frame(axes)
    panels[0].set_ylabel("output")
    return figure
