"""Data that an instructor has prepared for a room without a network: `COURSE_DATA=DIR`.

For each data set, `DIR` holds one of

- `NAME.npz` with `x_train`, `y_train`, `x_test` and `y_test`; for `boston_housing`,
  `california_housing`, `imdb` and `reuters` also the file as Keras stores it;
- `NAME/train/CLASS/*.png` and `NAME/test/CLASS/*.png` (or `.jpg`), with one folder for each class,
  named after the class or its label;
- for `sentence_pairs`: `fra_eng/fra.txt`, as it is on its page.

A data set that is not in `DIR` is loaded as without `COURSE_DATA`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np

from course_lib.data.sources.check_split import check_split
from course_lib.data.sources.data_error import DataError
from course_lib.data.sources.dataset import Dataset, Examples, Split
from course_lib.data.sources.prepared_folder import IMAGE_SUFFIXES, prepared_folder


def load_prepared(dataset: Dataset, options: Mapping[str, object]) -> tuple[Split, Path] | None:
    """Return the prepared data set and its path, or None if there is none.

    Args:
        dataset: The data set to look for.
        options: As for `load`.

    Raises:
        DataError: The prepared data cannot be used; the message names the file, the array and
            the reason.
    """
    folder = prepared_folder()
    if folder is None:
        return None
    file, images = folder / f"{dataset.name}.npz", folder / dataset.name
    if file.exists():
        return _read_npz(dataset, options, file), file
    if images.is_dir():
        return _read_folder(dataset, options, images), images
    if dataset.read_text is not None and (folder / dataset.text_file).exists():
        file = folder / dataset.text_file
        return _read_text(dataset, dataset.read_text, file), file
    return None


def _read_text(dataset: Dataset, read: Callable[[Path], Split], file: Path) -> Split:
    try:
        return check_split(dataset, read(file))
    except (OSError, ValueError) as error:  # UnicodeDecodeError is a ValueError
        raise DataError(
            f"{file} cannot be read ({error})",
            f"Copy it again from {dataset.page}, or remove it from COURSE_DATA.",
        ) from error


def _read_npz(dataset: Dataset, options: Mapping[str, object], file: Path) -> Split:
    try:
        # Texts are lists of different lengths, which NumPy stores as pickles.
        with np.load(file, allow_pickle=dataset.shape is None) as arrays:
            found = {key: arrays[key] for key in arrays.files}
    # A damaged zip file, array or pickle can raise anything.
    except Exception as error:
        raise DataError(
            f"{file} cannot be read ({error})", "Copy it again, or remove it from COURSE_DATA."
        ) from error
    try:
        return check_split(dataset, dataset.unpack(found, **options))
    except KeyError as error:
        raise DataError(
            f"{file} has no array {error}; it has: {', '.join(found) or 'none'}",
            "Create it with np.savez(FILE, x_train=…, y_train=…, x_test=…, y_test=…).",
        ) from error
    except ValueError as error:
        raise DataError(
            f"{file}: {error}", "Create the file again with arrays of that form."
        ) from error


def _read_folder(dataset: Dataset, options: Mapping[str, object], folder: Path) -> Split:
    if dataset.class_names is None or dataset.shape is None:
        raise DataError(
            f"{folder} is a folder, and {dataset.name} is not a set of images",
            f"Put {dataset.name}.npz into {folder.parent} instead.",
        )
    arrays = {}
    for part in ("train", "test"):
        arrays[f"x_{part}"], arrays[f"y_{part}"] = _read_images(
            folder / part, dataset.name, dataset.class_names, dataset.shape
        )
    return check_split(dataset, dataset.unpack(arrays, **options))


def _read_images(
    folder: Path, name: str, class_names: tuple[str, ...], shape: tuple[int, ...]
) -> Examples:
    from PIL import Image, UnidentifiedImageError

    mode = "RGB" if len(shape) == 3 else "L"
    x, y = [], []
    for label, path in _find_images(folder, name, class_names):
        try:
            with Image.open(path) as image:
                pixels = np.asarray(image.convert(mode))
        except (OSError, UnidentifiedImageError) as error:
            raise DataError(
                f"{path} cannot be read as an image ({error})", "Copy it again, or remove it."
            ) from error
        if pixels.shape != shape:
            raise DataError(
                f"{path} has the shape {pixels.shape}; it should be {shape}",
                "Scale the images to that size.",
            )
        x.append(pixels)
        y.append(label)
    if not x:
        raise DataError(
            f"{folder} has no images ({', '.join(IMAGE_SUFFIXES)}) in folders of classes",
            f"Put them there: {folder / class_names[0] / '0001.png'}",
        )
    return np.stack(x), np.array(y)


def _find_images(
    folder: Path, name: str, class_names: tuple[str, ...]
) -> Iterator[tuple[int, Path]]:
    """Yield the label and path of every image, class by class, in the order of their names."""
    by_name = {class_name: label for label, class_name in enumerate(class_names)}
    by_label = {str(label): label for label in by_name.values()}
    for inside in sorted(folder.iterdir() if folder.is_dir() else ()):
        if not inside.is_dir():
            continue
        label = by_name.get(inside.name, by_label.get(inside.name))
        if label is None:
            raise DataError(
                f"{inside} is not a class of {name}",
                f"Rename the folder to one of: {', '.join(class_names)} "
                f"(or 0 to {len(by_name) - 1}).",
            )
        for path in sorted(inside.iterdir()):
            if path.suffix.lower() in IMAGE_SUFFIXES:
                yield label, path
