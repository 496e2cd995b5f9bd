"""Two losses for a generator, and the size of their gradients."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from course_lib.figures.canvas import Canvas
from course_lib.figures.hide_frame import hide_frame
from course_lib.figures.palette import BLUE, ORANGE


def generator_losses() -> Figure:
    """Draw both losses of a GAN's generator, and their gradients, over the discriminator's logit.

    Goodfellow et al. 2014, §3: minimise log(1 - D(G(z))), or maximise log D(G(z)).

    Returns:
        A figure with the losses on the left and the sizes of their gradients on the right.

    Example:
        >>> [axes.get_ylabel() for axes in generator_losses().axes]
        ['loss of the generator', 'size of the gradient']
    """
    figure = Canvas(
        8.6,
        3.4,
        "While the discriminator is sure of a fake (left), only one loss has a large gradient",
    )
    losses, gradients = figure.subplots(1, 2)
    logit = np.linspace(-8, 8, 321)
    probability = 1 / (1 + np.exp(-logit))
    for name, style, color, loss, size in (
        ("minimise ln(1 - D)", "--", ORANGE, -np.logaddexp(0, logit), probability),
        ("maximise ln D", "-", BLUE, np.logaddexp(0, -logit), 1 - probability),
    ):
        losses.plot(logit, loss, style, color=color, lw=2, label=name)
        gradients.plot(logit, size, style, color=color, lw=2, label=name)
    for axes, name in ((losses, "loss of the generator"), (gradients, "size of the gradient")):
        axes.set(xlabel="logit of the discriminator for a fake", ylabel=name)
        axes.legend(frameon=False, fontsize=8)
        hide_frame(axes)
    return figure
