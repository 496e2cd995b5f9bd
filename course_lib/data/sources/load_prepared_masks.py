"""Images with masks that an instructor has prepared: `COURSE_DATA/NAME/train/images/*.png`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from course_lib.data.sources.data_error import DataError
from course_lib.data.sources.dataset import Examples, Split
from course_lib.data.sources.prepared_folder import IMAGE_SUFFIXES
from course_lib.data.sources.segmentation_set import SegmentationSet


def load_prepared_masks(data: SegmentationSet, folder: Path, size: int) -> Split:
    """Read images, and for each of them the mask of the same name.

    Each image is cropped to a square around its centre and scaled; labels are never mixed.

    Args:
        data: The set.
        folder: Holds `train/images`, `train/masks`, `test/images` and `test/masks`.
        size: Height and width of the result in pixels.

    Returns:
        `(x_train, y_train), (x_test, y_test)`: uint8 `(n, size, size, channels)` and uint8
        `(n, size, size)`.

    Raises:
        DataError: A file is missing, damaged, or has another size than its image.
    """
    return _read_part(data, folder / "train", size), _read_part(data, folder / "test", size)


def _read_part(data: SegmentationSet, folder: Path, size: int) -> Examples:
    paths = [p for p in (folder / "images").glob("*") if p.suffix.lower() in IMAGE_SUFFIXES]
    if not paths:
        raise DataError(
            f"{folder / 'images'} has no images ({', '.join(IMAGE_SUFFIXES)})",
            f"Put them there, and masks of the same names into {folder / 'masks'}.",
        )
    x, y = zip(*(_read_pair(data, folder, path, size) for path in sorted(paths)), strict=True)
    return np.stack(x).reshape(len(x), size, size, data.channels), np.stack(y)


def _read_pair(
    data: SegmentationSet, folder: Path, path: Path, size: int
) -> tuple[np.ndarray, np.ndarray]:
    mask = folder / "masks" / f"{path.stem}.png"
    if not mask.is_file():
        raise DataError(f"{path} has no mask", f"Put it there: {mask}")
    image, labels = _open(path, "L" if data.channels == 1 else "RGB"), _open(mask, None)
    if image.size != labels.size:
        raise DataError(
            f"{mask} has {labels.size[0]} × {labels.size[1]} pixels and its image "
            f"{image.size[0]} × {image.size[1]}",
            "Both need the same size: export the mask again.",
        )
    from PIL import Image

    pixels = _crop(image, size, Image.Resampling.BILINEAR)
    return pixels, data.read_mask(_crop(labels, size, Image.Resampling.NEAREST)).astype("uint8")


def _open(path: Path, mode: str | None) -> Any:
    from PIL import Image

    try:
        with Image.open(path) as image:
            image.load()
            # The numbers of a palette image are its labels.
            return image.convert(mode) if mode else image
    except OSError as error:
        raise DataError(
            f"{path} cannot be read as an image ({error})", "Copy it again, or remove it."
        ) from error


def _crop(image: Any, size: int, how: Any) -> np.ndarray:
    width, height = image.size
    side = min(width, height)
    left, top = (width - side) // 2, (height - side) // 2
    square = image.crop((left, top, left + side, top + side))
    return np.asarray(square if side == size else square.resize((size, size), how))
