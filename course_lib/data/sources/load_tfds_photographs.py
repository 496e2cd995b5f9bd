"""Photographs from tensorflow-datasets."""

from __future__ import annotations

import os
from pathlib import Path
from types import ModuleType
from typing import Any

from course_lib.data.sources.data_error import DataError
from course_lib.data.sources.dataset import Split
from course_lib.data.sources.explain_unreachable import explain_unreachable
from course_lib.data.sources.import_tfds import import_tfds
from course_lib.data.sources.photograph_set import PhotographSet
from course_lib.data.sources.read_photographs import Selection, read_photographs
from course_lib.data.sources.suggest_stand_in import suggest_stand_in


def load_tfds_photographs(
    photos: PhotographSet, size: int, limits: tuple[int, int], seed: int
) -> Split:
    """Read photographs that tensorflow-datasets has prepared; download them if they are missing.

    If a set has no test split, every fifth image is a test image.

    Args:
        photos: The set.
        size: Height and width of the result in pixels.
        limits: The most images for training and for testing.
        seed: Seed of the order.

    Returns:
        As for `read_photographs`.

    Raises:
        DataError: The photographs are missing and cannot be downloaded.
    """
    tfds = import_tfds()
    root = Path(os.environ.get("TFDS_DATA_DIR", "~/tensorflow_datasets")).expanduser()
    versions = sorted((root / photos.tfds_name).glob("*/dataset_info.json"))
    if versions:
        builder = tfds.builder_from_directory(str(versions[-1].parent))
    else:
        builder = _download(photos, tfds, root)
    if "test" in builder.info.splits:
        selections = Selection("train", limits[0]), Selection("test", limits[1])
    else:
        selections = (
            Selection("train", limits[0], lambda index: index % 5 != 0),
            Selection("train", limits[1], lambda index: index % 5 == 0),
        )
    return read_photographs(photos, builder, root, selections, size, seed)


def _download(photos: PhotographSet, tfds: ModuleType, root: Path) -> Any:
    reason = explain_unreachable(photos.url)
    if reason is None:
        try:
            builder = tfds.builder(photos.tfds_name, data_dir=str(root))
            builder.download_and_prepare()
            return builder
        except ModuleNotFoundError as error:
            reason = f"tensorflow-datasets needs another package: pip install {error.name}"
        # A download can fail in any of tensorflow-datasets' ways.
        except Exception as error:
            reason = f"the download failed ({error})"
    raise DataError(
        f"{photos.name} is not in {root}, and {reason}",
        "On a machine with a network, download it with\n"
        f"  python -c \"import tensorflow_datasets as t; t.load('{photos.tfds_name}')\"\n"
        f"and copy ~/tensorflow_datasets/{photos.tfds_name} to {root / photos.tfds_name}\n"
        f"or name a folder that has {photos.name}/train/CLASS/*.jpg and …/test/CLASS/*.jpg: "
        "COURSE_DATA=DIR\n"
        f"{suggest_stand_in(photos.name, 'photographs')}",
    )
