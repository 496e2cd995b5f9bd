"""Photographs of any size, read as squares of one size."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from course_lib.data.sources.data_error import DataError
from course_lib.data.sources.dataset import Examples, Split
from course_lib.data.sources.photograph_set import PhotographSet


class Selection(NamedTuple):
    """Which images to read.

    Args:
        split: The split of tensorflow-datasets: "train" or "test".
        limit: The most images to read; equally many of each class.
        keep: Returns whether the image with this index is read. Default: all are.
    """

    split: str
    limit: int
    keep: Callable[[Any], Any] | None = None


def read_photographs(
    photos: PhotographSet,
    builder: Any,
    folder: Path,
    selections: tuple[Selection, Selection],
    size: int,
    seed: int,
) -> Split:
    """Read the training set and the test set, each crop a square scaled to one size.

    Args:
        photos: The set.
        builder: Its builder in tensorflow-datasets.
        folder: Where the images are, for the message.
        selections: What to read for the training set and for the test set.
        size: Height and width of the images in pixels.
        seed: Seed of the order.

    Returns:
        `(x_train, y_train), (x_test, y_test)`: `x` uint8 `(n, size, size, 3)`, `y` int64 `(n,)`.

    Raises:
        DataError: A class of the builder is not a class of the set.
    """
    names = builder.info.features["label"].names
    labels = np.array([_find_label(photos, folder, name) for name in names])
    train, test = (
        _shuffle(*_read(builder, selection, labels, size), seed) for selection in selections
    )
    return train, test


def _find_label(photos: PhotographSet, folder: Path, name: str) -> int:
    """Return the label for the name of a class folder; cat, Cat and cats are the same."""
    by_name = {c.lower().rstrip("s"): label for label, c in enumerate(photos.class_names)}
    label = by_name.get(name.lower().rstrip("s"))
    if label is None:
        raise DataError(
            f"{folder}/*/{name} is not a class of {photos.name}",
            f"Rename the folder to one of: {', '.join(photos.class_names)}",
        )
    return label


def _read(builder: Any, selection: Selection, labels: np.ndarray, size: int) -> Examples:
    """Return the first images of the selection, equally many of each class."""
    import tensorflow as tf

    def crop_square(index: Any, example: Any) -> tuple[Any, Any]:
        image = example["image"]
        side = tf.reduce_min(tf.shape(image)[:2])
        image = tf.image.resize_with_crop_or_pad(image, side, side)
        image = tf.image.resize(image, (size, size), antialias=True)
        return tf.cast(tf.clip_by_value(tf.round(image), 0, 255), tf.uint8), example["label"]

    data = builder.as_dataset(split=selection.split, shuffle_files=False).enumerate()
    keep = selection.keep
    if keep is not None:
        data = data.filter(lambda index, example: keep(index))
    room = np.full(len(labels), -(-selection.limit // len(labels)))
    x: list[np.ndarray] = []
    y: list[int] = []
    for image, label in data.map(crop_square, num_parallel_calls=tf.data.AUTOTUNE):
        if room[label] and len(x) < selection.limit:
            room[label] -= 1
            x.append(image.numpy())
            y.append(labels[label])
        if len(x) == selection.limit or not room.any():
            break
    return np.stack(x), np.array(y, "int64")


def _shuffle(x: np.ndarray, y: np.ndarray, seed: int) -> Examples:
    order = np.random.default_rng(seed).permutation(len(x))
    return x[order], y[order]
