"""The KL divergence of normal distributions from the standard one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from course_lib.figures.canvas import Canvas
from course_lib.figures.hide_frame import hide_frame
from course_lib.figures.palette import BLUE, GREY


def kl_of_gaussians(
    gaussians: Sequence[tuple[float, float]] = ((0, 1), (2, 1), (0, 0.2), (2, 0.2)),
) -> Figure:
    """Draw normal distributions and their KL divergence from the standard one.

    Args:
        gaussians: `(mean, standard deviation)` for each panel.

    Raises:
        ValueError: A standard deviation is 0 or negative.

    Example:
        >>> kl_of_gaussians([(1, 1)]).axes[0].get_title()
        'μ = 1, σ = 1\\nKL 0.50'
    """
    if any(deviation <= 0 for _, deviation in gaussians):
        raise ValueError("The standard deviation of a normal distribution must be above 0.")
    figure = Canvas(
        2.3 * len(gaussians) + 0.4,
        2.9,
        "The KL divergence from N(0, 1) grows as a distribution moves away, and as it narrows",
    )
    panels = figure.subplots(1, len(gaussians), sharex=True, sharey=True, squeeze=False)[0]
    z = np.linspace(-4, 4, 401)
    for axes, (mean, deviation) in zip(panels, gaussians, strict=True):
        axes.fill_between(z, _density(z, 0, 1), color=GREY, alpha=0.35, lw=0, label="N(0, 1)")
        axes.plot(z, _density(z, mean, deviation), color=BLUE, lw=2)
        kl = 0.5 * (mean**2 + deviation**2 - 1) - np.log(deviation)
        axes.set_title(f"μ = {mean:g}, σ = {deviation:g}\nKL {kl:.2f}", fontsize=9)
        axes.set_xlabel("z")
        hide_frame(axes)
    panels[0].set_ylabel("density")
    panels[0].legend(frameon=False, fontsize=8, loc="upper left")
    return figure


def _density(z: np.ndarray, mean: float, deviation: float) -> np.ndarray:
    return np.exp(-0.5 * ((z - mean) / deviation) ** 2) / (deviation * np.sqrt(2 * np.pi))
