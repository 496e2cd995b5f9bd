"""Data that an instructor prepared for a room without network: ``COURSE_DATA=DIR``.

``DIR`` holds, for each set that is wanted, one of

- ``NAME.npz`` with ``x_train``, ``y_train``, ``x_test``, ``y_test``; for ``boston_housing``,
  ``california_housing``, ``imdb`` and ``reuters`` also the file as Keras keeps it;
- ``NAME/train/CLASS/*.png`` and ``NAME/test/CLASS/*.png`` (or ``.jpg``), a folder for each class,
  called by its name or its label.

A set that ``DIR`` does not have is looked for elsewhere, as without ``COURSE_DATA``.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from course_lib.data.check import check
from course_lib.data.dataset import Dataset
from course_lib.data.errors import DataError

IMAGES = (".png", ".jpg", ".jpeg")


def prepared_folder() -> Path | None:
    """Return the folder named by ``COURSE_DATA``, or None where the variable is not set.

    Raises:
        DataError: it is set, and is no folder.
    """
    given = os.environ.get("COURSE_DATA", "").strip()
    if not given:
        return None
    folder = Path(given).expanduser()
    if not folder.is_dir():
        raise DataError(
            f"COURSE_DATA={given} is not a folder",
            "Set it to the folder of prepared data, or unset it: unset COURSE_DATA",
        )
    return folder


def load_prepared(dataset: Dataset, options: dict):
    """Return the prepared set and where it was, or None where none is prepared.

    Args:
        dataset: the set to look for.
        options: as for ``load``.

    Returns:
        ``((x_train, y_train), (x_test, y_test)), path`` or None.

    Raises:
        DataError: it is there and cannot be used: says which file, which array and why.
    """
    folder = prepared_folder()
    if folder is None:
        return None
    file, images = folder / f"{dataset.name}.npz", folder / dataset.name
    if file.exists():
        return _read(dataset, options, file), file
    if images.is_dir():
        return _look(dataset, options, images), images
    return None


def _read(dataset, options, file):
    try:
        # Sequences of any length are kept as Python lists, which numpy pickles.
        with np.load(file, allow_pickle=dataset.example is None) as arrays:
            held = {key: arrays[key] for key in arrays.files}
    # A damaged zip file, array or pickle raises what it likes.
    except Exception as error:
        raise DataError(
            f"{file} cannot be read ({error})", "Copy it again, or take it out of COURSE_DATA."
        ) from error
    try:
        return check(dataset, dataset.unpack(held, **options))
    except KeyError as error:
        raise DataError(
            f"{file} has no array {error}; it has: {', '.join(held) or 'none'}",
            "np.savez(FILE, x_train=…, y_train=…, x_test=…, y_test=…) makes it.",
        ) from error
    except ValueError as error:
        raise DataError(f"{file}: {error}", "Make the file again with arrays of that form.") from (
            error
        )


def _look(dataset, options, folder):
    if dataset.classes is None or dataset.example is None:
        raise DataError(
            f"{folder} is a folder, and {dataset.name} is not a set of images",
            f"Put {dataset.name}.npz into {folder.parent} instead.",
        )
    parts = [_images(dataset, folder / part) for part in ("train", "test")]
    arrays = {
        f"{axis}_{part}": array
        for part, pair in zip(("train", "test"), parts, strict=True)
        for axis, array in zip("xy", pair, strict=True)
    }
    return check(dataset, dataset.unpack(arrays, **options))


def _images(dataset, folder):
    from PIL import Image, UnidentifiedImageError

    colour = "RGB" if len(dataset.example) == 3 else "L"
    x, y = [], []
    for label, path in _labelled(dataset, folder):
        try:
            with Image.open(path) as image:
                pixels = np.asarray(image.convert(colour))
        except (OSError, UnidentifiedImageError) as error:
            raise DataError(
                f"{path} cannot be read as an image ({error})", "Copy it again, or take it out."
            ) from error
        if pixels.shape != dataset.example:
            raise DataError(
                f"{path} has the shape {pixels.shape}; it should be {dataset.example}",
                "Scale the images to that size.",
            )
        x.append(pixels)
        y.append(label)
    if not x:
        raise DataError(
            f"{folder} has no images ({', '.join(IMAGES)}) in folders of classes",
            f"Put them there: {folder / dataset.classes[0] / '0001.png'}",
        )
    return np.stack(x), np.array(y)


def _labelled(dataset, folder):
    """Yield label and path of every image, class by class, in the order of their names."""
    by_name = {name: label for label, name in enumerate(dataset.classes)}
    by_label = {str(label): label for label in by_name.values()}
    for inside in sorted(folder.iterdir() if folder.is_dir() else ()):
        if not inside.is_dir():
            continue
        label = by_name.get(inside.name, by_label.get(inside.name))
        if label is None:
            raise DataError(
                f"{inside} is no class of {dataset.name}",
                f"Its classes: {', '.join(dataset.classes)} (or 0 to {len(by_name) - 1}).",
            )
        for path in sorted(inside.iterdir()):
            if path.suffix.lower() in IMAGES:
                yield label, path
