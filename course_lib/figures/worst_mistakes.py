"""The mistakes about which a classifier is most certain."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from course_lib.figures.image_grid import image_grid


def worst_mistakes(
    images: ArrayLike,
    labels: ArrayLike,
    probabilities: ArrayLike,
    indices: ArrayLike,
    classes: Sequence[str] | None = None,
) -> Figure:
    """Draw mistakes with their true class, their predicted class and its probability.

    Args:
        images: Array `(n, height, width)` or `(n, height, width, channels)`.
        labels: True classes, integers `(n,)`.
        probabilities: Predicted probabilities `(n, classes)`.
        indices: Indices of the images to draw, the worst mistake first.
        classes: Names of the classes. Default: their numbers.

    Raises:
        ValueError: One of the images was classified correctly.

    Example:
        >>> import numpy as np
        >>> images, labels = np.zeros((2, 28, 28), "uint8"), np.array([0, 1])
        >>> probabilities = np.array([[0.9, 0.1], [0.8, 0.2]])
        >>> worst_mistakes(images, labels, probabilities, [1]).get_suptitle()
        'The worst mistake: 80 % sure, and wrong'
    """
    chosen = np.ravel(indices).astype(int)
    true_classes, predictions = np.asarray(labels)[chosen], np.asarray(probabilities)[chosen]
    predicted, confidence = predictions.argmax(axis=-1), predictions.max(axis=-1)
    if np.any(predicted == true_classes):
        right = chosen[predicted == true_classes][0]
        raise ValueError(f"Image {right} is not a mistake: its most probable class is its label.")
    names = list(classes or map(str, range(predictions.shape[-1])))
    # Long names would overlap with those of the next image.
    gap = "\n" if max(map(len, names)) > 4 else " "
    captions = [
        f"{names[true]}{gap}read as{gap}{names[wrong]}\n{100 * sure:.1f} % sure"
        for true, wrong, sure in zip(true_classes, predicted, confidence, strict=True)
    ]
    return image_grid(np.asarray(images)[chosen], captions, _describe(confidence), columns=6)


def _describe(confidence: np.ndarray) -> str:
    if len(confidence) == 0:
        return "No mistake to show"
    least = f"{np.floor(100 * confidence.min()):.0f} % sure, and wrong"
    if len(confidence) == 1:
        return f"The worst mistake: {least}"
    return f"The {len(confidence)} worst mistakes: at least {least}"
