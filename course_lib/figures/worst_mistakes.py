"""The images that a classifier is surest and most wrong about."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from course_lib.figures.image_grid import image_grid


def worst_mistakes(
    images, labels, probabilities, indices, classes: Sequence[str] | None = None
) -> Figure:
    """Draw mistakes, each with its true class, the class that was predicted, and how surely.

    Args:
        images: Array `(n, height, width)` or `(n, height, width, channels)`.
        labels: True classes, integers `(n,)`.
        probabilities: Predicted probabilities `(n, classes)`.
        indices: Which of the n to draw, the worst first.
        classes: Names of the classes. Default: their numbers.

    Returns:
        A `matplotlib.figure.Figure`.

    Raises:
        ValueError: One of the indices is not a mistake.

    Example:
        >>> import numpy as np
        >>> images, labels = np.zeros((2, 28, 28), "uint8"), np.array([0, 1])
        >>> probabilities = np.array([[0.9, 0.1], [0.8, 0.2]])
        >>> worst_mistakes(images, labels, probabilities, [1]).get_suptitle()
        'The worst mistake: 80 % sure, and wrong'
    """
    indices = np.ravel(indices).astype(int)
    labels, probabilities = np.asarray(labels)[indices], np.asarray(probabilities)[indices]
    predicted, confidence = probabilities.argmax(axis=-1), probabilities.max(axis=-1)
    if np.any(predicted == labels):
        right = indices[predicted == labels][0]
        raise ValueError(f"Image {right} is no mistake: its most probable class is its label.")
    name = (lambda number: str(number)) if classes is None else (lambda number: classes[number])
    # Long names would run into those of the next image.
    gap = "\n" if classes is not None and max(map(len, classes)) > 4 else " "
    captions = [
        f"{name(true)}{gap}read as{gap}{name(wrong)}\n{100 * sure:.1f} % sure"
        for true, wrong, sure in zip(labels, predicted, confidence, strict=True)
    ]
    return image_grid(np.asarray(images)[indices], captions, _finding(confidence), columns=6)


def _finding(confidence):
    if len(confidence) == 0:
        return "No mistake to show"
    least = f"{np.floor(100 * confidence.min()):.0f} % sure, and wrong"
    if len(confidence) == 1:
        return f"The worst mistake: {least}"
    return f"The {len(confidence)} worst mistakes: at least {least}"
