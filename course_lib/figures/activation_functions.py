"""Activation functions side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from matplotlib.figure import Figure

from course_lib.figures.canvas import BLUE, Canvas, tidy


def activation_functions(
    functions: Mapping[str, Callable],
    title: str = "What a neuron makes of its weighted sum: all of these bend somewhere",
) -> Figure:
    """Draw each function over the weighted sums from -4 to 4.

    Args:
        functions: From a name to a function of an array that returns one of the same shape.
        title: The finding, above the panels.

    Returns:
        A `matplotlib.figure.Figure` with one panel a function.

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
        tidy(axes)
    panels[0].set_ylabel("output")
    return figure
