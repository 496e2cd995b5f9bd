"""The confusion matrix of a classifier."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from course_lib.figures.canvas import Canvas
from course_lib.figures.palette import GREY

LARGEST = 7.4  # inches of height, which fit a screen


def confusion_matrix(matrix: ArrayLike, classes: Sequence[str] | None = None) -> Figure:
    """Draw a confusion matrix so that the mistakes stand out.

    Only mistakes are coloured: correct predictions, on the diagonal, are so frequent that the
    other colours would not be visible.

    Args:
        matrix: Counts `(classes, classes)`: entry `[true, predicted]`.
        classes: Names of the classes. Default: their numbers.

    Raises:
        ValueError: The matrix is not square, or does not match the names.

    Example:
        >>> confusion_matrix([[9, 1], [3, 7]], ["cat", "dog"]).get_suptitle()
        '16 of 20 correct (80.0 %); most often dog is mistaken for cat (3 times)'
    """
    matrix = np.asarray(matrix)
    size = len(matrix)
    names = [str(number) for number in range(size)] if classes is None else list(classes)
    if matrix.shape != (size, size) or len(names) != size or not size:
        raise ValueError(
            f"A confusion matrix is square, with one name per class; this one has the shape "
            f"{matrix.shape} and {len(names)} names."
        )
    mistakes = np.where(np.eye(size, dtype=bool), 0, matrix)

    side = min(0.48 * size + 1.6, LARGEST)
    # Where numbers and names have no room, the colours of the mistakes remain.
    room = (side - 1.6) / max(1, size)  # inches for a class
    step = ceil(0.16 / room) if room > 0 else 1
    figure = Canvas(max(5.8, side), side, _describe(matrix, mistakes, names))
    axes = figure.subplots()
    axes.imshow(mistakes, cmap="Oranges", vmin=0, vmax=max(1, 1.3 * mistakes.max()))
    for (true, predicted), count in np.ndenumerate(matrix):
        if count and room > 0.3:
            color = GREY if true == predicted else "black"
            axes.text(predicted, true, f"{count:g}", ha="center", va="center", color=color)
    named, few = range(0, size, step), names[::step]
    rotation = 0 if max(map(len, few)) < 4 and room > 0.3 else 90 if room <= 0.3 else 45
    font = 7 if room <= 0.3 else None
    axes.set_xticks(named, few, rotation=rotation, fontsize=font)
    axes.set_yticks(named, few, fontsize=font)
    axes.set(xlabel="predicted class", ylabel="true class")
    axes.set_xticks(np.arange(size + 1) - 0.5, minor=True)
    axes.set_yticks(np.arange(size + 1) - 0.5, minor=True)
    axes.grid(which="minor", color="0.9")
    axes.tick_params(which="both", length=0)
    return figure


def _describe(matrix: np.ndarray, mistakes: np.ndarray, names: Sequence[str]) -> str:
    total, correct = matrix.sum(), np.trace(matrix)
    finding = f"{correct:g} of {total:g} correct"
    if total:
        finding += f" ({100 * correct / total:.1f} %)"
    if mistakes.max():
        true, predicted = divmod(int(np.argmax(mistakes)), len(mistakes))
        times = mistakes[true, predicted]
        finding += (
            f"; most often {names[true]} is mistaken for {names[predicted]} "
            f"({times:g} time{'s' if times > 1 else ''})"
        )
    return finding
