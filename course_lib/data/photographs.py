"""Photographs, through tensorflow-datasets: cats and dogs, flowers, pets."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from course_lib import profile as profiles
from course_lib.data.errors import DataError
from course_lib.data.network import unreachable
from course_lib.data.photograph_sets import SETS, PhotographSet
from course_lib.data.prepared import IMAGES, prepared_folder
from course_lib.data.provenance import announce
from course_lib.data.scenery import labelled_scenes

SIZES = {"quick": (600, 300), "full": (4000, 1000)}  # images at most, train and test


def photographs(name, source="auto", size=128, profile=None, seed=0):
    """Return photographs, as many of each class, cut to a square and scaled to one size.

    Looked for in this order: ``COURSE_DATA/NAME/train/CLASS/*.jpg`` and ``…/test/CLASS/*.jpg``;
    what tensorflow-datasets has prepared before (``TFDS_DATA_DIR``, else
    ``~/tensorflow_datasets``); the network; and where there is none of them, drawings are made
    in memory. What does not come from tensorflow-datasets is announced on stdout, once.

    Args:
        name: ``"cats_vs_dogs"``, ``"flowers"`` or ``"pets"``.
        source: ``"auto"`` (default) as above; ``"real"``: an error instead of the drawings;
            ``"offline"``: the drawings, without looking further.
        size: side of the images in pixels. Default 128.
        profile: ``"quick"`` (at most 600 and 300 images) or ``"full"`` (4,000 and 1,000);
            default ``course_lib.profile.current()``.
        seed: integer, 0 or larger; another draw of the drawings, and another order.

    Returns:
        ``(x_train, y_train), (x_test, y_test)``: ``x`` uint8 ``(n, size, size, 3)``, ``y`` int64
        ``(n,)``, in the order of ``photograph_classes(name)``. A set without a test part of its
        own gives every fifth image to it.

    Raises:
        ValueError: unknown name, source or profile.
        DataError: ``source="real"`` and the photographs cannot be had; or ``COURSE_DATA`` has
            them, and it is broken or tensorflow-datasets cannot be imported.

    Example:
        >>> (x_train, y_train), _ = photographs("flowers", source="offline", size=64,
        ...                                     profile="quick")  # doctest: +ELLIPSIS
        course_lib.data: flowers is a STAND-IN...
        >>> x_train.shape
        (600, 64, 64, 3)
    """
    if name not in SETS:
        raise ValueError(f"There are no photographs {name!r}. There are: {', '.join(SETS)}")
    if source not in ("auto", "real", "offline"):
        raise ValueError(f'source is {source!r}: write "auto", "real" or "offline"')
    photos, most = SETS[name], SIZES[profiles.checked(profile)]
    why = 'it was asked for, source="offline"'
    if source != "offline":
        folder = prepared_folder()
        if folder is not None and (folder / name).is_dir():
            announce(name, str(folder / name), f"{name} is prepared data from {folder / name}")
            return _prepared(photos, folder / name, size, most, seed)
        try:
            return _from_tfds(photos, size, most, seed)
        except DataError as error:
            if source == "real":
                raise
            why = f'{error.what} (photographs("{name}", source="real") says what to do)'
    announce(
        name,
        "stand-in",
        f"{name} is a STAND-IN (drawings), not the real set: {why}. "
        "Figures from it are not figures of the real set.",
    )
    rng = np.random.default_rng([seed, size])
    return tuple(labelled_scenes(photos.things(), n, size, rng) for n in most)


def photograph_classes(name) -> tuple[str, ...]:
    """Return the names of the classes in the order of their labels.

    Example:
        >>> photograph_classes("cats_vs_dogs")
        ('cat', 'dog')
    """
    return SETS[name].classes


def _prepared(photos: PhotographSet, folder: Path, size, most, seed):
    for part in ("train", "test"):
        if not any(_images(folder / part)):
            raise DataError(
                f"{folder / part} has no images ({', '.join(IMAGES)}) in folders of classes",
                f"Put them there: {folder / part / photos.classes[0] / '0001.jpg'}",
            )
    tfds = _tfds()
    builder = tfds.ImageFolder(str(folder))
    labels = np.array([_label(photos, folder, n) for n in builder.info.features["label"].names])
    import tensorflow as tf

    try:
        return tuple(
            _mixed(*_read(builder, part, labels, size, n), seed)
            for part, n in zip(("train", "test"), most, strict=True)
        )
    except tf.errors.InvalidArgumentError as error:
        raise _damaged(folder, error) from error


def _images(folder):
    return (path for path in folder.glob("*/*") if path.suffix.lower() in IMAGES)


def _label(photos, folder, name):
    """Return the label that a class folder stands for: cat, Cat and cats are the same."""
    plain = {c.lower().rstrip("s"): label for label, c in enumerate(photos.classes)}
    label = plain.get(name.lower().rstrip("s"))
    if label is None:
        raise DataError(
            f"{folder}/*/{name} is no class of {photos.name}",
            f"Its classes: {', '.join(photos.classes)}",
        )
    return label


def _damaged(folder, error):
    from PIL import Image

    for part in ("train", "test"):
        for path in sorted(_images(folder / part)):
            try:
                with Image.open(path) as image:
                    image.load()
            except OSError as reason:
                return DataError(
                    f"{path} cannot be read as an image ({reason})",
                    "Copy it again, or take it out.",
                )
    return DataError(f"an image in {folder} cannot be read ({error})", "Take it out.")


def _from_tfds(photos: PhotographSet, size, most, seed):
    tfds = _tfds()
    root = Path(os.environ.get("TFDS_DATA_DIR", "~/tensorflow_datasets")).expanduser()
    versions = sorted((root / photos.tfds_name).glob("*/dataset_info.json"))
    if versions:
        builder = tfds.builder_from_directory(str(versions[-1].parent))
    else:
        builder = _fetch(photos, tfds, root)
    names = builder.info.features["label"].names
    labels = np.array([_label(photos, root, name) for name in names])
    train, test = ("train", "test") if "test" in builder.info.splits else ("train",) * 2
    if train != test:
        parts = (
            _read(builder, part, labels, size, n) for part, n in ((train, most[0]), (test, most[1]))
        )
    else:
        parts = (
            _read(builder, train, labels, size, most[0], lambda i: i % 5 != 0),
            _read(builder, train, labels, size, most[1], lambda i: i % 5 == 0),
        )
    return tuple(_mixed(x, y, seed) for x, y in parts)


def _fetch(photos, tfds, root):
    reason = unreachable(photos.url)
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
        "Where there is a network, fetch it with\n"
        f"  python -c \"import tensorflow_datasets as t; t.load('{photos.tfds_name}')\"\n"
        f"and copy ~/tensorflow_datasets/{photos.tfds_name} to {root / photos.tfds_name}\n"
        f"or name a folder that has {photos.name}/train/CLASS/*.jpg and …/test/CLASS/*.jpg: "
        "COURSE_DATA=DIR\n"
        f'or take the drawings: photographs("{photos.name}", source="offline")',
    )


def _read(builder, part, labels, size, most, chosen=None):
    """Return the first ``most`` images of a part, as many of each class."""
    import tensorflow as tf

    def square(i, example):
        image = example["image"]
        side = tf.reduce_min(tf.shape(image)[:2])
        image = tf.image.resize_with_crop_or_pad(image, side, side)
        image = tf.image.resize(image, (size, size), antialias=True)
        return tf.cast(tf.clip_by_value(tf.round(image), 0, 255), tf.uint8), example["label"]

    data = builder.as_dataset(split=part, shuffle_files=False).enumerate()
    if chosen is not None:
        data = data.filter(lambda i, example: chosen(i))
    room = np.full(len(labels), -(-most // len(labels)))
    x, y = [], []
    for image, label in data.map(square, num_parallel_calls=tf.data.AUTOTUNE):
        if room[label] and len(x) < most:
            room[label] -= 1
            x.append(image.numpy())
            y.append(labels[label])
        if len(x) == most or not room.any():
            break
    return np.stack(x), np.array(y, "int64")


def _mixed(x, y, seed):
    order = np.random.default_rng(seed).permutation(len(x))
    return x[order], y[order]


def _tfds():
    try:
        import tensorflow_datasets
    # Where the packages it builds on do not go together, each fails in its own way.
    except Exception as error:
        raise DataError(
            f"tensorflow-datasets, which reads photographs, cannot be imported ({error})",
            "pip install --upgrade tensorflow-datasets",
        ) from error
    return tensorflow_datasets
