"""Images with the sentences that a model wrote about them."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import fill

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from course_lib.figures.canvas import Canvas
from course_lib.figures.palette import GREEN, RED

COLUMNS, PANEL, TEXT = 4, 1.75, 0.75  # images in a row; inches of an image, and of its sentence
CHARACTERS = 24  # in a line


def captioned_images(
    images: ArrayLike, sentences: Sequence[str], right: Sequence[bool] = (), title: str = ""
) -> Figure:
    """Draw images in rows of four, each with its sentence below it.

    Args:
        images: Array `(n, height, width, 3)`, uint8 in [0, 255] or float in [0, 1].
        sentences: One for each image.
        right: For each image whether its sentence is right: marked by ✓ and ✗. Default: no marks.
        title: The finding; without one, how many sentences are right, if that is known.

    Raises:
        ValueError: There are more or fewer sentences, or marks, than images.

    Example:
        >>> import numpy as np
        >>> figure = captioned_images(np.zeros((2, 8, 8, 3)), ["a dog", "a cat"], [True, False])
        >>> figure.get_suptitle()
        '1 of 2 sentences are right'
    """
    pixels = np.asarray(images)
    count = len(pixels)
    if len(sentences) != count or len(right) not in (0, count):
        raise ValueError(
            f"There are {count} images, {len(sentences)} sentences and {len(right)} marks."
        )
    rows = max(1, -(-count // COLUMNS))
    columns = max(1, min(COLUMNS, count))
    figure = Canvas(
        max(4.5, 2.0 * columns),
        rows * (PANEL + TEXT) + 0.5,
        title or _describe(right, count),
    )
    panels = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes in panels[count:]:
        axes.set_axis_off()
    for place, (axes, image, sentence) in enumerate(zip(panels, pixels, sentences, strict=False)):
        axes.imshow(image)
        mark = "" if not len(right) else "✓ " if right[place] else "✗ "
        colour = "black" if not mark else GREEN if right[place] else RED
        text = fill(mark + sentence, CHARACTERS)
        axes.set_xlabel(text, fontsize=8, color=colour)
        axes.set(xticks=[], yticks=[], anchor="N")  # room below for the sentence
        axes.spines[:].set_visible(False)
    return figure


def _describe(right: Sequence[bool], count: int) -> str:
    if not len(right):
        return f"{count} images with their sentences"
    return f"{sum(map(bool, right))} of {count} sentences are right"
