"""Photographs that an instructor has prepared: `COURSE_DATA/NAME/train/CLASS/*.jpg`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from course_lib.data.sources.data_error import DataError
from course_lib.data.sources.dataset import Split
from course_lib.data.sources.import_tfds import import_tfds
from course_lib.data.sources.photograph_set import PhotographSet
from course_lib.data.sources.prepared_folder import IMAGE_SUFFIXES
from course_lib.data.sources.read_photographs import Selection, read_photographs


def load_prepared_photographs(
    photos: PhotographSet, folder: Path, size: int, limits: tuple[int, int], seed: int
) -> Split:
    """Read photographs from folders of classes.

    Args:
        photos: The set.
        folder: Holds `train/CLASS/*.jpg` and `test/CLASS/*.jpg`.
        size: Height and width of the result in pixels.
        limits: The most images for training and for testing.
        seed: Seed of the order.

    Returns:
        As for `read_photographs`.

    Raises:
        DataError: A folder or an image is missing or damaged; the message names it.
    """
    for part in ("train", "test"):
        if not any(_find_images(folder / part)):
            raise DataError(
                f"{folder / part} has no images ({', '.join(IMAGE_SUFFIXES)}) "
                "in folders of classes",
                f"Put them there: {folder / part / photos.class_names[0] / '0001.jpg'}",
            )
    builder = import_tfds().ImageFolder(str(folder))
    selections = Selection("train", limits[0]), Selection("test", limits[1])
    import tensorflow as tf

    try:
        return read_photographs(photos, builder, folder, selections, size, seed)
    except tf.errors.InvalidArgumentError as error:
        raise _find_damaged_image(folder, error) from error


def _find_images(folder: Path) -> Iterator[Path]:
    return (path for path in folder.glob("*/*") if path.suffix.lower() in IMAGE_SUFFIXES)


def _find_damaged_image(folder: Path, error: Exception) -> DataError:
    from PIL import Image

    for part in ("train", "test"):
        for path in sorted(_find_images(folder / part)):
            try:
                with Image.open(path) as image:
                    image.load()
            except OSError as reason:
                return DataError(
                    f"{path} cannot be read as an image ({reason})",
                    "Copy it again, or remove it.",
                )
    return DataError(f"an image in {folder} cannot be read ({error})", "Remove it.")
