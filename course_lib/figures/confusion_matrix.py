"""Which classes are taken for which."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from course_lib.figures.canvas import GREY, Canvas


def confusion_matrix(matrix, classes: Sequence[str] | None = None) -> Figure:
    """Draw a confusion matrix so that the mistakes stand out.

    Colour is for mistakes only: right answers, on the diagonal, are many times as frequent and
    would wash out everything else.

    Args:
        matrix: Counts `(classes, classes)`: entry `[true, predicted]`.
        classes: Names of the classes. Default: their numbers.

    Returns:
        A `matplotlib.figure.Figure`.

    Raises:
        ValueError: The matrix is not square, or does not fit the names.

    Example:
        >>> confusion_matrix([[9, 1], [3, 7]], ["cat", "dog"]).get_suptitle()
        '16 of 20 right (80.0 %); most often dog is taken for cat (3 times)'
    """
    matrix = np.asarray(matrix)
    size = len(matrix)
    names = [str(number) for number in range(size)] if classes is None else list(classes)
    if matrix.shape != (size, size) or len(names) != size:
        raise ValueError(
            f"A confusion matrix is square, with one name a class; this one has the shape "
            f"{matrix.shape} and {len(names)} names."
        )
    mistakes = np.where(np.eye(size, dtype=bool), 0, matrix)

    side = 0.48 * size + 1.6
    figure = Canvas(max(5.8, side), side, _finding(matrix, mistakes, names))
    axes = figure.subplots()
    axes.imshow(mistakes, cmap="Oranges", vmin=0, vmax=max(1, 1.3 * mistakes.max()))
    for (true, predicted), count in np.ndenumerate(matrix):
        if count:
            color = GREY if true == predicted else "black"
            axes.text(predicted, true, f"{count:g}", ha="center", va="center", color=color)
    axes.set_xticks(range(size), names, rotation=0 if max(map(len, names)) < 4 else 45)
    axes.set_yticks(range(size), names)
    axes.set(xlabel="predicted class", ylabel="true class")
    axes.set_xticks(np.arange(size + 1) - 0.5, minor=True)
    axes.set_yticks(np.arange(size + 1) - 0.5, minor=True)
    axes.grid(which="minor", color="0.9")
    axes.tick_params(which="both", length=0)
    return figure


def _finding(matrix, mistakes, names):
    total, right = matrix.sum(), np.trace(matrix)
    finding = f"{right:g} of {total:g} right"
    if total:
        finding += f" ({100 * right / total:.1f} %)"
    if mistakes.max():
        true, predicted = np.unravel_index(np.argmax(mistakes), mistakes.shape)
        times = mistakes[true, predicted]
        finding += (
            f"; most often {names[true]} is taken for {names[predicted]} "
            f"({times:g} time{'s' if times > 1 else ''})"
        )
    return finding
