"""The parameters of a network by layer."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure

from course_lib.figures.canvas import Canvas
from course_lib.figures.hide_frame import hide_frame
from course_lib.figures.palette import BLUE, ORANGE


def parameters_by_layer(counts: Mapping[str, int]) -> Figure:
    """Draw the number of parameters of each layer, and highlight the largest.

    Args:
        counts: By layer, from the input on, numbers of parameters.

    Returns:
        A figure with one bar per layer.

    Raises:
        ValueError: There is no layer.

    Example:
        >>> figure = parameters_by_layer({"conv": 1_792, "fc1": 2_097_664, "fc2": 5_130})
        >>> figure.get_suptitle()
        'fc1 has 2.10 of the 2.10 million parameters'
    """
    if not counts:
        raise ValueError(
            "No layer to draw: pass {name: number of parameters} to parameters_by_layer."
        )
    names, millions = list(counts), np.array(list(counts.values())) / 1e6
    largest = int(np.argmax(millions))
    figure = Canvas(
        7.5,
        0.19 * len(names) + 1.0,
        f"{names[largest]} has {millions[largest]:.2f} of the {millions.sum():.2f} million "
        "parameters",
    )
    axes = figure.subplots()
    colours = [ORANGE if number == largest else BLUE for number in range(len(names))]
    axes.barh(range(len(names)), millions, color=colours, height=0.7)
    axes.set_yticks(range(len(names)), names, fontsize=8)
    axes.set(xlabel="million parameters")
    axes.invert_yaxis()
    hide_frame(axes)
    return figure
