"""Boxes on their images."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from course_lib.figures.canvas import Canvas
from course_lib.figures.palette import MARKED_LINES

CELL, LARGE = 1.7, 3.6  # inches: the side of an image among six; that of one alone
ROW = 6  # images in a row
SMALL = "xx-small"


def boxes_on_images(
    images: ArrayLike,
    found: Sequence[Sequence[Any]],
    class_names: Sequence[str],
    title: str,
    captions: Sequence[str] = (),
) -> Figure:
    """Draw images with boxes in the colour of their class.

    Args:
        images: Array `(n, height, width, 3)` or `(n, height, width)`: uint8, or from -1 to 1.
        found: For each image a tuple of boxes `(objects, 4)`, "xyxy" in pixels, and labels
            `(objects,)`; or of boxes, scores `(objects,)` and labels. A score stands on its box.
        class_names: What each label stands for, for the legend; an empty one is left out.
        title: The finding, above everything.
        captions: A caption for each image.

    Raises:
        ValueError: There is not one tuple for each image.

    Example:
        >>> import numpy as np
        >>> images = np.zeros((2, 8, 8, 3), "uint8")
        >>> boxes = ([[1, 1, 5, 6]], [0.9], [0])
        >>> figure = boxes_on_images(images, [boxes, boxes], ["square"], "It finds both")
        >>> [len(axes.patches) for axes in figure.axes]
        [1, 1]
    """
    pixels = np.asarray(images)
    if len(found) != len(pixels):
        raise ValueError(f"There are {len(pixels)} images and boxes for {len(found)}.")
    if pixels.dtype != np.uint8:
        pixels = np.clip((pixels + 1) / 2, 0, 1)
    columns = min(ROW, len(pixels))
    rows = -(-len(pixels) // columns)
    side = min(LARGE, max(CELL, ROW * CELL / columns))
    legend = 0.3 if any(class_names) else 0.0
    figure = Canvas(max(6.0, side * columns + 0.2), side * rows + 0.4 + legend, title)
    panels = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes, image, one in zip(panels, pixels, found, strict=False):
        axes.imshow(image.squeeze(), cmap="gray", interpolation="nearest")
        _draw_boxes(axes, one)
    for axes, caption in zip(panels, captions, strict=False):
        axes.set_title(caption, fontsize="small")
    for axes in panels:
        axes.axis("off")
    handles = [
        Rectangle((0, 0), 1, 1, fill=False, ec=_choose_colour(label), lw=2, label=name)
        for label, name in enumerate(class_names)
        if name
    ]
    if handles:
        figure.legend(handles=handles, loc="outside lower center", ncols=6, frameon=False)
    return figure


def _draw_boxes(axes: Axes, found: Sequence[Any]) -> None:
    boxes, labels = np.asarray(found[0], float).reshape(-1, 4), found[-1]
    scores = found[1] if len(found) > 2 else [None] * len(boxes)
    for (left, top, right, bottom), score, label in zip(boxes, scores, labels, strict=True):
        colour = _choose_colour(int(label))
        # The centre of the first pixel has the coordinate 0 in matplotlib; its edge is at 0 here.
        at = (left - 0.5, top - 0.5)
        axes.add_patch(Rectangle(at, right - left, bottom - top, fill=False, ec=colour, lw=1.5))
        if score is not None:
            axes.text(
                *at, f"{score:.2f}", fontsize=SMALL, color="white", va="bottom", clip_on=True,
                bbox={"facecolor": colour, "edgecolor": "none", "pad": 0.6},
            )  # fmt: skip


def _choose_colour(label: int) -> str:
    return MARKED_LINES[label % len(MARKED_LINES)][0]
