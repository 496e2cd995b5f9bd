"""Images as inputs of a network, and their target outputs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from course_lib.figures.canvas import Canvas
from course_lib.figures.palette import BLUE


def image_to_outputs(images: ArrayLike, classes: Sequence[str]) -> Figure:
    """Draw one image per class: its pixels, the same pixels in one row, and the target outputs.

    Args:
        images: One image of each class, `(classes, height, width)`, in the order of the
            classes.
        classes: Names of the classes.

    Returns:
        A figure with one row per class.

    Raises:
        ValueError: The numbers of images and classes differ.

    Example:
        >>> import numpy as np
        >>> figure = image_to_outputs(np.zeros((3, 28, 28)), ["circle", "square", "triangle"])
        >>> figure.get_suptitle()
        '28 × 28 pixels, row after row, are 784 inputs; each of the 3 classes has one output'
    """
    images = np.asarray(images)
    count, height, width = images.shape
    if count != len(classes):
        raise ValueError(f"{count} images for {len(classes)} classes: pass one of each class.")
    inputs = height * width
    figure = Canvas(
        9,
        1.15 * count + 0.9,
        f"{height} × {width} pixels, row after row, are {inputs} inputs; "
        f"each of the {count} classes has one output",
    )
    panels = figure.subplots(count, 3, width_ratios=(1, 4.6, 1.8), squeeze=False)
    for number, (image, (whole, row, target)) in enumerate(zip(images, panels, strict=True)):
        whole.imshow(image, cmap="gray_r")
        whole.set_axis_off()
        # One row of pixels would be too thin to see, so it is stretched.
        row.imshow(image.reshape(1, -1), cmap="gray_r", aspect="auto", interpolation="none")
        row.set(yticks=(), xticks=())
        target.barh(range(count), np.eye(count)[number], color=BLUE, height=0.6)
        target.set(xlim=(0, 1.05), xticks=(), yticks=range(count))
        target.set_yticklabels(classes, fontsize=9)
        target.invert_yaxis()
    panels[-1, 1].set_xticks((0, inputs - 1), ("input 1", f"input {inputs}"))
    panels[-1, 2].set_xticks((0, 1))
    panels[-1, 2].set_xlabel("target output")
    return figure
