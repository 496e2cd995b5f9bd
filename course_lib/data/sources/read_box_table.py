"""Boxes in a CSV table with one line for each object."""

from __future__ import annotations

import csv
from pathlib import Path

from course_lib.data.sources.data_error import DataError
from course_lib.data.sources.image_boxes import ImageBoxes, check_boxes

COLUMNS = ("split", "file", "width", "height", "class", "xmin", "ymin", "xmax", "ymax")


def read_box_table(path: str | Path) -> dict[str, list[ImageBoxes]]:
    """Read the boxes of all images from a table with the columns of `COLUMNS`.

    Coordinates are pixels from 0, "xyxy". A line with an empty class stands for an image without an
    object.

    Args:
        path: The CSV file.

    Returns:
        For each split, such as "train" and "test", the boxes of its images in the order of the
        table.

    Raises:
        DataError: A column is missing, a number cannot be read, or a box is outside its image.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = Path(folder, "boxes.csv")
        ...     _ = path.write_text(",".join(COLUMNS) + "\\ntrain,1.jpg,9,8,cat,1,2,6,6\\n")
        ...     read_box_table(path)["train"][0].names
        ('cat',)
    """
    try:
        with open(path, newline="", encoding="utf-8-sig") as file:
            table = csv.DictReader(file)
            missing = [name for name in COLUMNS if name not in (table.fieldnames or ())]
            lines = [] if missing else list(table)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path} cannot be read ({error})", "Save it as CSV in UTF-8.") from error
    if missing:
        raise DataError(
            f"{path} has no column {missing[0]!r}", f"Its first line is: {','.join(COLUMNS)}"
        )
    images: dict[tuple[str, str], list[dict[str, str]]] = {}
    for line in lines:
        images.setdefault((line["split"], line["file"]), []).append(line)
    splits: dict[str, list[ImageBoxes]] = {}
    for (split, name), found in images.items():
        rows = [(one["class"], *(one[c] for c in COLUMNS[5:])) for one in found if one["class"]]
        one = check_boxes(path, name, found[0]["width"], found[0]["height"], rows)
        splits.setdefault(split, []).append(one)
    return splits
