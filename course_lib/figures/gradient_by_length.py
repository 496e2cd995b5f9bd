"""The norm of a gradient by the number of steps that it goes back."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure

from course_lib.figures.canvas import Canvas
from course_lib.figures.hide_frame import hide_frame
from course_lib.figures.palette import MARKED_LINES
from course_lib.figures.style_series import style_series


def gradient_by_length(norms: Mapping[str, Mapping[int, float]]) -> Figure:
    """Draw how the gradient vanishes or explodes with the length of a sequence.

    Args:
        norms: By network, the norm of the gradient by length; norms of 0 are not drawn.

    Returns:
        A figure with logarithmic axes; its title gives, for the networks that keep least and most,
        the norm at the greatest length divided by that at the smallest.

    Raises:
        ValueError: There is no network, or one without a norm above 0.

    Example:
        >>> figure = gradient_by_length({"RNN": {1: 2.0, 50: 0.002}, "LSTM": {1: 1.0, 50: 0.5}})
        >>> figure.get_suptitle()
        'From 1 to 50 steps the norm changes by a factor of 0.001 (RNN) to 0.5 (LSTM)'
    """
    reached = {
        name: {length: norm for length, norm in sorted(by_length.items()) if norm > 0}
        for name, by_length in norms.items()
    }
    if not reached or not all(reached.values()):
        raise ValueError("No gradient: pass {name: {length: norm}} to gradient_by_length.")
    factors = {name: values[max(values)] / values[min(values)] for name, values in reached.items()}
    lengths = [length for values in reached.values() for length in values]
    least, most = min(factors, key=factors.__getitem__), max(factors, key=factors.__getitem__)
    figure = Canvas(
        7.4,
        3.8,
        f"From {min(lengths)} to {max(lengths)} steps the norm changes by a factor of "
        f"{factors[least]:.2g} ({least}) to {factors[most]:.2g} ({most})",
    )
    axes = figure.subplots()
    for (name, values), (colour, style) in zip(
        reached.items(), style_series(len(reached), MARKED_LINES), strict=True
    ):
        axes.loglog(
            np.array(list(values)), list(values.values()), style, color=colour, ms=4, label=name
        )
    axes.set(xlabel="steps between the state and its gradient", ylabel="norm of the gradient")
    axes.set_xticks(sorted(set(lengths)), [str(length) for length in sorted(set(lengths))])
    axes.minorticks_off()
    axes.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
    hide_frame(axes)
    return figure
