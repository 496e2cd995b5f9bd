"""Images with boxes that an instructor has prepared: `COURSE_DATA/NAME/train/*.jpg`."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from course_lib.data.sources.data_error import DataError
from course_lib.data.sources.detection_set import DetectionSet
from course_lib.data.sources.image_boxes import ImageBoxes
from course_lib.data.sources.read_box_table import read_box_table
from course_lib.data.sources.read_coco_boxes import read_coco_boxes
from course_lib.data.sources.read_voc_boxes import read_voc_boxes

Part = tuple[np.ndarray, list[tuple[np.ndarray, np.ndarray]]]


def load_prepared_boxes(data: DetectionSet, folder: Path, size: int) -> tuple[Part, Part]:
    """Read images and their boxes, in one of three formats.

    `boxes.csv` in the folder (`read_box_table`); or in `train` and in `test` one JSON file of COCO
    (`read_coco_boxes`) or an XML file of PASCAL VOC for each image (`read_voc_boxes`). Images are
    scaled to a square, as in Redmon et al. 2016, and their boxes with them.

    Args:
        data: The set.
        folder: Holds the images in `train` and `test`.
        size: Height and width of the result in pixels.

    Returns:
        `(x_train, truth_train), (x_test, truth_test)` as for `detection`.

    Raises:
        DataError: A file is missing or damaged, or a class is unknown.
    """
    train, test = (_read_part(data, folder, split, size) for split in ("train", "test"))
    return train, test


def _read_part(data: DetectionSet, folder: Path, split: str, size: int) -> Part:
    listed = _list_boxes(folder, split)
    if not listed:
        raise DataError(
            f"{folder} has no boxes for {split}",
            f"Write {folder / 'boxes.csv'}, or put COCO's JSON or VOC's XML files into "
            f"{folder / split}.",
        )
    images, truth = np.empty((len(listed), size, size, 3), "uint8"), []
    for number, one in enumerate(listed):
        images[number] = _read_image(folder / split / one.file, one, size)
        scale = size / np.array([one.width, one.height, one.width, one.height], "float32")
        labels = [_find_label(data, folder, name) for name in one.names]
        truth.append((one.boxes * scale, np.array(labels, "int64")))
    return images, truth


def _list_boxes(folder: Path, split: str) -> list[ImageBoxes]:
    if (folder / "boxes.csv").is_file():
        return read_box_table(folder / "boxes.csv").get(split, [])
    tables = sorted((folder / split).glob("*.json"))
    if tables:
        return [one for path in tables for one in read_coco_boxes(path)]
    return [read_voc_boxes(path) for path in sorted((folder / split).glob("*.xml"))]


def _find_label(data: DetectionSet, folder: Path, name: str) -> int:
    if name not in data.class_names:
        raise DataError(
            f"{folder} has a box of the class {name!r}",
            f"The classes of {data.name} are: {', '.join(data.class_names)}",
        )
    return data.class_names.index(name)


def _read_image(path: Path, listed: ImageBoxes, size: int) -> np.ndarray:
    from PIL import Image

    try:
        with Image.open(path) as image:
            pixels = image.convert("RGB")
    except OSError as error:
        raise DataError(
            f"{path} cannot be read as an image ({error})", "Copy it again, or remove its boxes."
        ) from error
    if pixels.size != (listed.width, listed.height):
        raise DataError(
            f"{path} has {pixels.size[0]} × {pixels.size[1]} pixels, and its boxes are for "
            f"{listed.width} × {listed.height}",
            "Copy the image again, or export its boxes again.",
        )
    return np.asarray(pixels.resize((size, size), Image.Resampling.BILINEAR))
