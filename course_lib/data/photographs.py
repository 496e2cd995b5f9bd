"""Photographs: cats and dogs, flowers, pets."""

from __future__ import annotations

import numpy as np

from course_lib import profile as profiles
from course_lib.check_counts import check_counts
from course_lib.data.registry import find_photographs
from course_lib.data.sources.check_source import check_source
from course_lib.data.sources.data_error import DataError
from course_lib.data.sources.dataset import Split
from course_lib.data.sources.load_prepared_photographs import load_prepared_photographs
from course_lib.data.sources.load_tfds_photographs import load_tfds_photographs
from course_lib.data.sources.prepared_folder import prepared_folder
from course_lib.data.sources.provenance import announce, announce_real, announce_stand_in

SIZES = {"quick": (600, 300), "full": (4000, 1000)}  # the most training and test images


def photographs(
    name: str,
    source: str = "auto",
    size: int = 128,
    profile: str | None = None,
    seed: int = 0,
) -> Split:
    """Load photographs, equally many of each class, cropped to a square and scaled to one size.

    Photographs are looked for in this order: `COURSE_DATA/NAME/train/CLASS/*.jpg` and
    `…/test/CLASS/*.jpg`; the folder of tensorflow-datasets (`TFDS_DATA_DIR`, or
    `~/tensorflow_datasets`); the network. If all fail, synthetic images are generated in memory.
    A stand-in or a prepared folder is announced on stdout, once.

    Args:
        name: "cats_vs_dogs", "flowers" or "pets".
        source: "auto" searches as above; "real" raises an error instead of loading the stand-in;
            "offline" loads the stand-in at once.
        size: Height and width of the images in pixels.
        profile: "quick" (at most 600 and 300 images) or "full" (4,000 and 1,000). Default:
            `course_lib.profile.current()`.
        seed: Seed of the order and of synthetic images, an integer, 0 or larger.

    Returns:
        `(x_train, y_train), (x_test, y_test)`: `x` uint8 `(n, size, size, 3)`, `y` int64 `(n,)`,
        in the order of `photograph_classes(name)`. If a set has no test set of its own, every
        fifth image is a test image.

    Raises:
        ValueError: Unknown name, source or profile; `size` or `seed` is too small.
        DataError: `source="real"` and the photographs cannot be loaded; or `COURSE_DATA` has
            them, and they are damaged or tensorflow-datasets cannot be imported.

    Example:
        >>> (x_train, y_train), _ = photographs("flowers", source="offline", size=64,
        ...                                     profile="quick")  # doctest: +ELLIPSIS
        course_lib.data: flowers is a STAND-IN...
        >>> x_train.shape
        (600, 64, 64, 3)
    """
    photos = find_photographs(name)
    check_source(source)
    check_counts(size=size)
    check_counts(0, seed=seed)
    limits = SIZES[profiles.resolve(profile)]
    reason = 'source="offline" asks for it'
    if source != "offline":
        folder = prepared_folder()
        if folder is not None and (folder / name).is_dir():
            split = load_prepared_photographs(photos, folder / name, size, limits, seed)
            announce(name, str(folder / name), f"{name} is prepared data from {folder / name}")
            return split
        try:
            split = load_tfds_photographs(photos, size, limits, seed)
            announce_real(name)
            return split
        except DataError as error:
            if source == "real":
                raise
            reason = f'{error.what} (photographs("{name}", source="real") says what to do)'
    rng = np.random.default_rng([seed, size])
    split = photos.generate(limits[0], size, rng), photos.generate(limits[1], size, rng)
    announce_stand_in(name, "synthetic images", reason)
    return split
