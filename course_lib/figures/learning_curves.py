"""The loss and the metrics of a training by epoch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from course_lib.figures.canvas import Canvas
from course_lib.figures.hide_frame import hide_frame
from course_lib.figures.palette import BLUE, ORANGE


def learning_curves(history: Any) -> Figure:
    """Draw the loss and each metric of a training, epoch by epoch.

    Training values are means over an epoch, during which the weights change and dropout is on;
    validation values are computed at its end. So the two curves are half an epoch apart.

    Args:
        history: The result of `model.fit`, or its `history` dictionary: lists with one number per
            epoch for "loss", "accuracy", …, and "val_loss", …

    Returns:
        A figure with one panel for each quantity.

    Raises:
        ValueError: The history has no epoch.

    Example:
        >>> figure = learning_curves({"loss": [2.0, 1.0, 0.5], "val_loss": [1.5, 1.2, 1.3]})
        >>> figure.get_suptitle()
        'Validation loss is lowest in epoch 2 (1.2), training loss in epoch 3 (0.5)'
    """
    logs: Mapping[str, Any] = getattr(history, "history", history)
    if not isinstance(logs, Mapping):
        raise TypeError(
            f"learning_curves takes the result of fit, and this is {type(logs).__name__}"
        )
    curves = {name: np.asarray(values) for name, values in logs.items()}
    if not len(curves.get("loss", ())):
        raise ValueError(
            "The history has no epoch with a loss: pass the result of fit to learning_curves."
        )
    quantities = [
        name for name in curves if not name.startswith("val_") and name != "learning_rate"
    ]

    columns = min(2, len(quantities))
    rows = -(-len(quantities) // columns)
    figure = Canvas(max(6.2, 4.2 * columns), min(3.4, 7.4 / rows) * rows, _describe(curves))
    panels = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes in panels[len(quantities) :]:
        axes.set_axis_off()
    for axes, name in zip(panels[: len(quantities)], quantities, strict=True):
        epochs = np.arange(1, len(curves[name]) + 1)
        axes.plot(epochs, curves[name], "o-", color=BLUE, ms=4, label="training")
        if f"val_{name}" in curves:
            values = curves[f"val_{name}"]
            # With `validation_freq`, there is a value every few epochs.
            when = (np.arange(len(values)) + 1) * max(1, len(epochs) // max(1, len(values)))
            axes.plot(when, values, "s--", color=ORANGE, ms=4, label="validation")
        axes.set(xlabel="epoch", ylabel=name.replace("_", " "))
        axes.set_xlim(0.5, len(epochs) + 0.5)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.legend(frameon=False)
        hide_frame(axes)
    return figure


def _describe(curves: Mapping[str, np.ndarray]) -> str:
    loss, epochs = curves["loss"], len(curves["loss"])
    if not np.all(np.isfinite(loss)):
        first = int(np.argmin(np.isfinite(loss))) + 1
        return f"Training loss is not a finite number from epoch {first} on"
    validation = curves.get("val_loss", np.array([]))
    if len(validation) != epochs or not np.all(np.isfinite(validation)):
        return f"Training loss went from {loss[0]:.3g} to {loss[-1]:.3g} in {epochs} epochs"
    best = {name: int(np.argmin(curves[name])) for name in ("val_loss", "loss")}
    return (
        f"Validation loss is lowest in epoch {best['val_loss'] + 1} "
        f"({curves['val_loss'].min():.3g}), training loss in epoch {best['loss'] + 1} "
        f"({loss.min():.3g})"
    )
