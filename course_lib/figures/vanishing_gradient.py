"""A generator's gradient while the discriminator gets better."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from course_lib.figures.canvas import BLUE, ORANGE, Canvas, tidy


def vanishing_gradient(
    believed: Sequence[float], minimise: Sequence[float], maximise: Sequence[float]
) -> Figure:
    """Draw the size of the generator's gradient under both of its losses.

    Goodfellow et al. 2014, §3; Arjovsky & Bottou 2017, §2.

    Args:
        believed: Mean D(G(z)), in (0, 1), one number for each state of the discriminator.
        minimise: Size of the gradient of ln(1 - D(G(z))) at each.
        maximise: Size of the gradient of ln D(G(z)) at each.

    Returns:
        A `matplotlib.figure.Figure` with logarithmic axes; the discriminator gets better to the
        right.

    Example:
        >>> vanishing_gradient([0.5, 0.01], [1.0, 0.02], [1.0, 2.0]).get_suptitle()
        'With D(G(z)) down to 0.01, ln(1 - D) leaves 1 % of the gradient of ln D'
    """
    believed, minimise, maximise = map(np.asarray, (believed, minimise, maximise))
    surest = int(np.argmin(believed))
    share = minimise[surest] / maximise[surest]
    figure = Canvas(
        6.4, 3.6,
        f"With D(G(z)) down to {believed[surest]:.2g}, ln(1 - D) leaves {100 * share:.1g} % "
        "of the gradient of ln D",
    )  # fmt: skip
    axes = figure.subplots()
    axes.plot(believed, maximise, "o-", color=BLUE, label="maximise ln D")
    axes.plot(believed, minimise, "s--", color=ORANGE, label="minimise ln(1 - D)")
    axes.set(xscale="log", yscale="log", xlabel="mean D(G(z)): how far the fakes are believed")
    axes.set_ylabel("size of the generator's gradient")
    axes.invert_xaxis()
    axes.legend(frameon=False)
    tidy(axes)
    return figure
