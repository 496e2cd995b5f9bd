"""The KL divergence of each latent dimension."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure

from course_lib.figures.canvas import Canvas
from course_lib.figures.hide_frame import hide_frame
from course_lib.figures.palette import BLUE, GREY, RED


def kl_per_dimension(models: Mapping[str, np.ndarray], threshold: float = 0.1) -> Figure:
    """Draw the mean KL divergence of each latent dimension, one panel per model.

    A dimension with a KL divergence of about 0 has no information about the image: its
    distribution is N(0, 1) for every image. If this is true of all dimensions, the posterior has
    collapsed (Bowman et al. 2016, §3.1).

    Args:
        models: By name, arrays `(latent,)`, in nats.
        threshold: KL divergence above which a dimension counts as used, in nats.

    Returns:
        A figure with sorted dimensions and a logarithmic axis.

    Example:
        >>> import numpy as np
        >>> kl_per_dimension({"one": np.array([2.0, 0.01])}).get_suptitle()
        'Latent dimensions in use – one: 1 of 2'
    """
    kls = {name: np.sort(np.asarray(kl, dtype=float))[::-1] for name, kl in models.items()}
    used = [f"{name}: {np.sum(kl > threshold)} of {len(kl)}" for name, kl in kls.items()]
    figure = Canvas(max(6.0, 3.0 * len(kls)), 3.2, "Latent dimensions in use – " + ", ".join(used))
    panels = figure.subplots(1, len(kls), sharey=True, squeeze=False)[0]
    floor = threshold / 100
    for axes, (name, kl) in zip(panels, kls.items(), strict=True):
        places = np.arange(1, len(kl) + 1)
        colors = [BLUE if value > threshold else GREY for value in kl]
        axes.bar(places, np.maximum(kl, floor * 1.15), color=colors)
        axes.axhline(threshold, color=RED, ls="--", lw=1.2)
        axes.set(yscale="log", xticks=places, xlabel="latent dimension, sorted")
        axes.set_ylim(bottom=floor)
        axes.set_title(name, fontsize=10)
        hide_frame(axes)
    panels[0].set_ylabel("mean KL divergence, nats")
    return figure
