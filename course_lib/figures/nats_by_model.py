"""The cross-entropy of language models."""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.figure import Figure

from course_lib.figures.canvas import Canvas
from course_lib.figures.hide_frame import hide_frame
from course_lib.figures.palette import BLUE, ORANGE


def nats_by_model(nats: Mapping[str, float], unit: str = "character") -> Figure:
    """Draw the cross-entropy of models on the same text, one bar each.

    Args:
        nats: By model, the mean cross-entropy in nats, of the same unit for all of them.
        unit: What one value is for: "character" or "byte".

    Returns:
        A figure whose title names the best model. Its bar has another colour.

    Raises:
        ValueError: No models are given.

    Example:
        >>> nats_by_model({"trigram": 1.82, "GPT": 1.67}).get_suptitle()
        'GPT is best: 1.67 nats a character (less is better)'
    """
    if not nats:
        raise ValueError("Pass {name: nats} to nats_by_model, with one model or more.")
    best = min(nats, key=lambda name: nats[name])
    title = f"{best} is best: {nats[best]:.2f} nats a {unit} (less is better)"
    figure = Canvas(6.4, 0.8 + 0.42 * len(nats), title)
    axes = figure.subplots()
    names = list(nats)
    colours = [ORANGE if name == best else BLUE for name in names]
    bars = axes.barh(names, [nats[name] for name in names], color=colours)
    axes.bar_label(bars, [f"{nats[name]:.2f}" for name in names], padding=3)
    axes.invert_yaxis()
    axes.set(xlabel=f"cross-entropy, nats a {unit}", xlim=(0, 1.12 * max(nats.values())))
    hide_frame(axes)
    return figure
