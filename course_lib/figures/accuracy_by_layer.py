"""The accuracy of heads on the features of each layer."""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.figure import Figure

from course_lib.figures.canvas import Canvas
from course_lib.figures.hide_frame import hide_frame
from course_lib.figures.palette import BLUE, GREEN, ORANGE, RED
from course_lib.figures.style_series import style_series

STYLES = ((BLUE, "o-"), (ORANGE, "s--"), (GREEN, "^:"), (RED, "D-."))


def accuracy_by_layer(results: Mapping[str, Mapping[str, float]]) -> Figure:
    """Draw, for each task, the accuracy of a head on the features of each layer.

    Args:
        results: By task, then by layer from the input on, accuracies in [0, 1].

    Raises:
        ValueError: There is no task.

    Example:
        >>> figure = accuracy_by_layer({"digits": {"block 1": 0.5, "block 2": 0.7, "block 3": 0.6}})
        >>> figure.get_suptitle()
        'Best features for digits: block 2 (70 %)'
    """
    if not results:
        raise ValueError("No task to draw: pass {task: {layer: accuracy}} to accuracy_by_layer.")
    best = {task: max(layers, key=layers.__getitem__) for task, layers in results.items()}
    figure = Canvas(
        6.6,
        3.4,
        "Best features for "
        + ", for ".join(
            f"{task}: {layer} ({100 * results[task][layer]:.0f} %)" for task, layer in best.items()
        ),
    )
    axes = figure.subplots()
    for (task, layers), (colour, style) in zip(
        results.items(), style_series(len(results), STYLES), strict=True
    ):
        percents = [100 * accuracy for accuracy in layers.values()]
        axes.plot(range(len(layers)), percents, style, color=colour, label=task)
        axes.set_xticks(range(len(layers)), list(layers))
    axes.set(xlabel="last layer that is kept", ylabel="accuracy of the head, %")
    axes.legend(frameon=False)
    hide_frame(axes)
    return figure
