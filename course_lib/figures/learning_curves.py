"""Loss and metrics over the epochs."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from course_lib.figures.canvas import BLUE, ORANGE, Canvas, tidy


def learning_curves(history) -> Figure:
    """Draw what a training did, epoch by epoch: the loss and each metric.

    Training values are averages over an epoch in which the weights still change and dropout is
    on; validation values are taken at its end. So the two curves are half an epoch apart.

    Args:
        history: What `model.fit` returns, or its `history` dictionary: lists of one number an
            epoch, under "loss", "accuracy", …, and "val_loss", …

    Returns:
        A `matplotlib.figure.Figure` with one panel for each quantity.

    Raises:
        ValueError: There is no epoch in it.

    Example:
        >>> figure = learning_curves({"loss": [2.0, 1.0, 0.5], "val_loss": [1.5, 1.2, 1.3]})
        >>> figure.get_suptitle()
        'Validation loss is lowest in epoch 2 (1.2), training loss in epoch 3 (0.5)'
    """
    curves = {name: np.asarray(values) for name, values in _dictionary(history).items()}
    if not len(curves.get("loss", ())):
        raise ValueError("The history has no epoch in it: give learning_curves what fit returns.")
    quantities = [
        name for name in curves if not name.startswith("val_") and name != "learning_rate"
    ]

    figure = Canvas(max(6.2, 4.2 * len(quantities)), 3.4, _finding(curves))
    panels = figure.subplots(1, len(quantities), squeeze=False)[0]
    for axes, name in zip(panels, quantities, strict=True):
        epochs = np.arange(1, len(curves[name]) + 1)
        axes.plot(epochs, curves[name], "o-", color=BLUE, ms=4, label="training")
        if f"val_{name}" in curves:
            axes.plot(epochs, curves[f"val_{name}"], "s--", color=ORANGE, ms=4, label="validation")
        axes.set(xlabel="epoch", ylabel=name.replace("_", " "))
        axes.set_xlim(0.5, len(epochs) + 0.5)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.legend(frameon=False)
        tidy(axes)
    return figure


def _dictionary(history):
    return getattr(history, "history", history)


def _finding(curves):
    loss, epochs = curves["loss"], len(curves["loss"])
    if "val_loss" not in curves:
        return f"Training loss went from {loss[0]:.3g} to {loss[-1]:.3g} in {epochs} epochs"
    best = {name: int(np.argmin(curves[name])) for name in ("val_loss", "loss")}
    return (
        f"Validation loss is lowest in epoch {best['val_loss'] + 1} "
        f"({curves['val_loss'].min():.3g}), training loss in epoch {best['loss'] + 1} "
        f"({loss.min():.3g})"
    )
