"""The boxes of one image file, as an annotation file lists them."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from course_lib.data.sources.data_error import DataError


class ImageBoxes(NamedTuple):
    """The boxes of one image.

    Args:
        file: Name of the image file, as in the annotations.
        width: Width of the image in pixels.
        height: Height of the image in pixels.
        boxes: float32 `(objects, 4)`, "xyxy": left, top, right, bottom in pixels; the left edge of
            the first pixel is 0, the right edge of the last one is `width`.
        names: The class of each object.

    Example:
        >>> ImageBoxes("1.png", 64, 48, np.zeros((0, 4), "float32"), ()).names
        ()
    """

    file: str
    width: int
    height: int
    boxes: np.ndarray
    names: tuple[str, ...]


def check_boxes(where: object, file: str, width: Any, height: Any, rows: list[Any]) -> ImageBoxes:
    """Return the boxes of an image, or raise an error that names the first one that is wrong.

    Args:
        where: The annotation file, for the message.
        file: Name of the image file.
        width: Width of the image in pixels, a number or a string.
        height: Height of the image in pixels, a number or a string.
        rows: `(name, left, top, right, bottom)` of each object, numbers or strings.

    Raises:
        DataError: A number is missing or not a number, or a box is empty or outside the image.

    Example:
        >>> check_boxes("a.csv", "1.png", 64, "48", [("cat", 1, 2, "30", 40.5)]).boxes.tolist()
        [[1.0, 2.0, 30.0, 40.5]]
    """
    advice = "Correct the line, or remove it."
    try:
        sides = int(float(width)), int(float(height))
        boxes = np.array([row[1:] for row in rows], "float32").reshape(-1, 4)
    except (TypeError, ValueError) as error:
        raise DataError(f"{where}: a number of {file} cannot be read ({error})", advice) from error
    for (name, *_), box in zip(rows, boxes, strict=True):
        left, top, right, bottom = box
        # Annotators round: half a pixel outside is not an error.
        is_inside = left >= -0.5 and top >= -0.5
        is_inside &= right <= sides[0] + 0.5 and bottom <= sides[1] + 0.5
        if not (left < right and top < bottom and is_inside):
            shown = ", ".join(f"{number:g}" for number in box)
            raise DataError(
                f"{where}: the box ({shown}) of {file}, class {name!r}, is empty or outside the "
                f"image of {sides[0]} × {sides[1]} pixels",
                advice,
            )
    limits = np.array([*sides, *sides], "float32")
    return ImageBoxes(file, *sides, np.clip(boxes, 0, limits), tuple(str(row[0]) for row in rows))
