"""Boxes in the format of COCO: one JSON file for all images."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from course_lib.data.sources.data_error import DataError
from course_lib.data.sources.image_boxes import ImageBoxes, check_boxes


def read_coco_boxes(path: str | Path) -> list[ImageBoxes]:
    """Read the boxes of all images from COCO's JSON (Lin et al. 2014).

    COCO writes a box as left, top, width and height ("xywh"), in pixels from 0. Groups of objects
    (`iscrowd`) are left out.

    Args:
        path: The JSON file with `images`, `annotations` and `categories`.

    Returns:
        For each image, in the order of the file, its boxes, "xyxy" in pixels.

    Raises:
        DataError: It is not JSON, something is missing, or a box is outside its image.

    Example:
        >>> import tempfile
        >>> content = {
        ...     "images": [{"id": 7, "file_name": "1.jpg", "width": 9, "height": 8}],
        ...     "categories": [{"id": 3, "name": "cat"}],
        ...     "annotations": [{"image_id": 7, "category_id": 3, "bbox": [1, 2, 5, 4]}],
        ... }
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = Path(folder, "all.json")
        ...     _ = path.write_text(json.dumps(content))
        ...     read_coco_boxes(path)[0].boxes.tolist()
        [[1.0, 2.0, 6.0, 6.0]]
    """
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(f"{path} cannot be read as JSON ({error})", "Copy it again.") from error
    try:
        names = {one["id"]: one["name"] for one in content["categories"]}
        rows: dict[Any, list[Any]] = {image["id"]: [] for image in content["images"]}
        for one in content["annotations"]:
            if not one.get("iscrowd"):
                left, top, width, height = map(float, one["bbox"])
                box = left, top, left + width, top + height
                rows[one["image_id"]].append((names[one["category_id"]], *box))
        return [
            check_boxes(
                path, image["file_name"], image["width"], image["height"], rows[image["id"]]
            )
            for image in content["images"]
        ]
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise DataError(
            f"{path} is not in COCO's format ({type(error).__name__}: {error})",
            "It needs images, categories and annotations with a bbox of four numbers.",
        ) from error
