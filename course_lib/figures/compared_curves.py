"""The learning curves of several trainings, side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from course_lib.figures.canvas import Canvas
from course_lib.figures.hide_frame import hide_frame
from course_lib.figures.palette import BLUE, ORANGE


def compared_curves(histories: Mapping[str, Any], quantity: str = "accuracy") -> Figure:
    """Draw one quantity of several trainings, one panel each, on the same scale.

    Args:
        histories: By name, results of `model.fit` or their `history` dictionaries, with one number
            per epoch for `quantity` and "val_" + `quantity`.
        quantity: "accuracy", "loss" or another metric.

    Returns:
        A figure whose title gives the gap between the two curves, training minus validation, at
        the end of each training.

    Raises:
        ValueError: A training has no such quantity, or no validation data.

    Example:
        >>> first = {"accuracy": [0.5, 0.9], "val_accuracy": [0.4, 0.5]}
        >>> second = {"accuracy": [0.5, 0.6], "val_accuracy": [0.5, 0.55]}
        >>> print(compared_curves({"bare": first, "dropout": second}).get_suptitle())
        Gap between training and validation accuracy at the end: bare 0.40, dropout
        0.05
    """
    runs = {name: getattr(history, "history", history) for name, history in histories.items()}
    for name, run in runs.items():
        for key in (quantity, f"val_{quantity}"):
            if not len(run.get(key, ())):
                raise ValueError(
                    f"The training {name!r} has no {key}: it has {', '.join(run) or 'nothing'}. "
                    "Train it with validation data."
                )
    gaps = {name: run[quantity][-1] - run[f"val_{quantity}"][-1] for name, run in runs.items()}
    words = quantity.replace("_", " ")
    figure = Canvas(
        max(6.0, 2.9 * len(runs)),
        3.3,
        f"Gap between training and validation {words} at the end: "
        + ", ".join(f"{name} {gap:.2f}" for name, gap in gaps.items()),
    )
    panels = figure.subplots(1, len(runs), sharey=True, squeeze=False)[0]
    for axes, (name, run) in zip(panels, runs.items(), strict=True):
        values, validation = np.asarray(run[quantity]), np.asarray(run[f"val_{quantity}"])
        epochs = np.arange(1, len(values) + 1)
        axes.plot(epochs, values, "o-", color=BLUE, ms=3.5, label="training")
        axes.plot(epochs, validation, "s--", color=ORANGE, ms=3.5, label="validation")
        axes.fill_between(epochs, values, validation, color=BLUE, alpha=0.1, lw=0)
        axes.set_title(name, fontsize=10)
        axes.set_xlabel("epoch")
        axes.set_xlim(0.5, len(epochs) + 0.5)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        hide_frame(axes)
    panels[0].set_ylabel(words)
    panels[0].legend(frameon=False)
    return figure
