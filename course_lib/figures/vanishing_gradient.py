"""The gradient of a generator while its discriminator gets better."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from course_lib.figures.canvas import Canvas
from course_lib.figures.hide_frame import hide_frame
from course_lib.figures.palette import BLUE, ORANGE


def vanishing_gradient(
    believed: Sequence[float], minimise: Sequence[float], maximise: Sequence[float]
) -> Figure:
    """Draw the size of the generator's gradient for both of its losses.

    Goodfellow et al. 2014, §3; Arjovsky & Bottou 2017, §2.

    Args:
        believed: Mean D(G(z)), in (0, 1), for each state of the discriminator.
        minimise: Size of the gradient of ln(1 - D(G(z))) for each.
        maximise: Size of the gradient of ln D(G(z)) for each.

    Returns:
        A figure with logarithmic axes; the discriminator gets better to the right.

    Example:
        >>> vanishing_gradient([0.5, 0.01], [1.0, 0.02], [1.0, 2.0]).get_suptitle()
        'At D(G(z)) = 0.01, the gradient of ln(1 - D) is 1 % of that of ln D'
    """
    surest = int(np.argmin(believed))
    share = minimise[surest] / maximise[surest]
    figure = Canvas(
        6.4, 3.6,
        f"At D(G(z)) = {believed[surest]:.2g}, the gradient of ln(1 - D) is {100 * share:.2g} % "
        "of that of ln D",
    )  # fmt: skip
    axes = figure.subplots()
    axes.plot(believed, maximise, "o-", color=BLUE, label="maximise ln D")
    axes.plot(believed, minimise, "s--", color=ORANGE, label="minimise ln(1 - D)")
    axes.set(xscale="log", yscale="log", xlabel="mean D(G(z)), the probability that fakes are real")
    axes.set_ylabel("size of the generator's gradient")
    axes.invert_xaxis()
    axes.legend(frameon=False)
    hide_frame(axes)
    return figure
