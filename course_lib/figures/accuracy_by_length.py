"""The accuracy of models by the length of their inputs."""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.figure import Figure

from course_lib.figures.canvas import Canvas
from course_lib.figures.hide_frame import hide_frame
from course_lib.figures.palette import MARKED_LINES
from course_lib.figures.style_series import style_series


def accuracy_by_length(
    results: Mapping[str, Mapping[int, float]], quantity: str = "exact matches"
) -> Figure:
    """Draw an accuracy against the length of the input, one line for each model.

    Args:
        results: By model, then by length, accuracies in [0, 1].
        quantity: What is measured.

    Returns:
        A figure whose title compares the models at the shortest and at the greatest length.

    Raises:
        ValueError: No models are given, or a model has no lengths.

    Example:
        >>> figure = accuracy_by_length({"LSTM": {2: 1.0, 10: 0.2}, "Transformer": {2: 1, 10: 0.9}})
        >>> figure.get_suptitle()
        'From length 2 to length 10: LSTM from 100% to 20%, Transformer from 100% to 90%'
    """
    if not results or not all(results.values()):
        raise ValueError("Pass {name: {length: accuracy}} to accuracy_by_length, with one or more.")
    lengths = sorted({length for by_length in results.values() for length in by_length})
    ends = [f"{name} from {by[min(by)]:.0%} to {by[max(by)]:.0%}" for name, by in results.items()]
    title = f"From length {lengths[0]} to length {lengths[-1]}: {', '.join(ends)}"
    figure = Canvas(7.2, 3.6, title)
    axes = figure.subplots()
    for (name, by_length), (colour, style) in zip(
        results.items(), style_series(len(results), MARKED_LINES), strict=True
    ):
        own = sorted(by_length)
        percents = [100 * by_length[length] for length in own]
        axes.plot(own, percents, style, color=colour, ms=4, label=name)
    axes.set(xlabel="length of the input", ylabel=f"{quantity}, %", ylim=(-3, 105))
    if len(lengths) <= 16:
        axes.set_xticks(lengths)
    if len(results) > 1:
        axes.legend(frameon=False)
    hide_frame(axes)
    return figure
