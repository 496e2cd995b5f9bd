"""Photographs with captions that people wrote, from a prepared folder."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import numpy as np

from course_lib.data.captioned_scenes import CaptionedImages
from course_lib.data.sources.data_error import DataError
from course_lib.data.sources.prepared_folder import prepared_folder
from course_lib.data.sources.provenance import announce

COLUMNS = ("split", "file", "n", "caption")
NAME = "flickr8k"


def captioned_photographs(size: int = 128) -> tuple[CaptionedImages, CaptionedImages]:
    """Read photographs with several captions each, such as Flickr8k (Hodosh et al. 2013).

    They are read from `COURSE_DATA/flickr8k`: `images/*.jpg`, and `captions.csv` with the columns
    `split` ("train" or "test"), `file`, `n` (the number of the caption) and `caption`. Nothing is
    downloaded, and there is no stand-in: `captioned_scenes` needs no files. The photographs of
    Flickr8k are for research and teaching only.

    Args:
        size: Height and width of the result in pixels. Photographs are cropped to a square around
            their centre and scaled.

    Returns:
        The training set and the test set. Captions are in lower case, without punctuation.

    Raises:
        DataError: The folder, a file or a column is missing, or an image is damaged.
    """
    base = prepared_folder()
    folder = None if base is None else base / NAME
    if folder is None or not (folder / "captions.csv").is_file():
        raise DataError(
            f"there is no prepared file COURSE_DATA/{NAME}/captions.csv",
            f"Put the photographs into DIR/{NAME}/images and their captions into "
            f"DIR/{NAME}/captions.csv, and set COURSE_DATA=DIR. Drawn scenes need no files: "
            "course_lib.data.captioned_scenes(3000).",
        )
    by_file = _read_captions(folder / "captions.csv")
    announce(NAME, str(folder), f"{NAME} is prepared data from {folder}")
    train, test = (_read_part(folder, by_file[part], size) for part in ("train", "test"))
    return train, test


def normalise_caption(caption: str) -> str:
    """Return a caption in lower case, its words separated by single spaces.

    Example:
        >>> normalise_caption('A tri-colored dog , "Rex" , is barking .')
        'a tri-colored dog rex is barking'
    """
    return " ".join(re.findall(r"[^\W_]+(?:['-][^\W_]+)*", caption.lower()))


def _read_captions(path: Path) -> dict[str, dict[str, list[str]]]:
    """Return the captions by split and by file, in the order of the table."""
    found: dict[str, dict[str, list[str]]] = {"train": {}, "test": {}}
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = csv.DictReader(file)
            missing = [name for name in COLUMNS if name not in (rows.fieldnames or ())]
            if missing:
                raise DataError(
                    f"{path} has no column {missing[0]!r}",
                    f"Its first line should be: {','.join(COLUMNS)}",
                )
            for row in rows:
                if row["split"] not in found or not row["file"] or row["caption"] is None:
                    raise DataError(
                        f"{path}, line {rows.line_num}: a split, a file and a caption are expected",
                        'The split is "train" or "test". Fix the line, or remove it.',
                    )
                of_image = found[row["split"]].setdefault(row["file"], [])
                of_image.append(normalise_caption(row["caption"]))
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path} cannot be read ({error})", "Save it as CSV in UTF-8.") from error
    for part, captions in found.items():
        if not captions:
            raise DataError(
                f"{path} has no captions with the split {part!r}", "Add some, or rename the split."
            )
    return found


def _read_part(folder: Path, captions: dict[str, list[str]], size: int) -> CaptionedImages:
    images = np.stack([_read_image(folder / "images" / name, size) for name in captions])
    return CaptionedImages(images, list(captions.values()), [[] for _ in captions])


def _read_image(path: Path, size: int) -> np.ndarray:
    from PIL import Image, ImageOps

    try:
        with Image.open(path) as image:
            return np.asarray(ImageOps.fit(image.convert("RGB"), (size, size)), "uint8")
    except OSError as error:
        raise DataError(
            f"{path} cannot be read as an image ({error})", "Copy it again, or remove its captions."
        ) from error
