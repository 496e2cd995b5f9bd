"""Two losses for a generator, and how steep they are."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from course_lib.figures.canvas import BLUE, ORANGE, Canvas, tidy


def generator_losses() -> Figure:
    """Draw both losses of a GAN's generator, and their slopes, over the discriminator's logit.

    Goodfellow et al. 2014, §3: minimise log(1 - D(G(z))), or maximise log D(G(z)).

    Returns:
        A `matplotlib.figure.Figure`: left the losses, right how steep they are.

    Example:
        >>> [axes.get_ylabel() for axes in generator_losses().axes]
        ['loss of the generator', 'steepness']
    """
    figure = Canvas(
        8.6, 3.4, "While the discriminator is sure of a fake (left), only one loss is steep"
    )
    losses, slopes = figure.subplots(1, 2)
    logit = np.linspace(-8, 8, 321)
    believed = 1 / (1 + np.exp(-logit))
    for name, style, color, loss, steep in (
        ("minimise ln(1 - D)", "--", ORANGE, -np.logaddexp(0, logit), believed),
        ("maximise ln D", "-", BLUE, np.logaddexp(0, -logit), 1 - believed),
    ):
        losses.plot(logit, loss, style, color=color, lw=2, label=name)
        slopes.plot(logit, steep, style, color=color, lw=2, label=name)
    for axes, name in ((losses, "loss of the generator"), (slopes, "steepness")):
        axes.set(xlabel="logit of the discriminator for a fake", ylabel=name)
        axes.legend(frameon=False, fontsize=8)
        tidy(axes)
    return figure
