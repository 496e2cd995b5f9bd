"""Images with a label for every pixel: cells, nuclei."""

from __future__ import annotations

import numpy as np

from course_lib import profile as profiles
from course_lib.data.registry import find_segmentation
from course_lib.data.sources.check_source import check_source
from course_lib.data.sources.dataset import Split
from course_lib.data.sources.find_prepared import find_prepared
from course_lib.data.sources.load_prepared_masks import load_prepared_masks
from course_lib.data.sources.provenance import announce, announce_stand_in


def segmentation(
    name: str,
    source: str = "auto",
    size: int = 48,
    profile: str | None = None,
    seed: int = 0,
) -> Split:
    """Load images with a label for every pixel.

    Real images are looked for in a prepared folder, `COURSE_DATA/NAME/train/images/*.png` with
    `…/train/masks/*.png` of the same names, and the same for `test`. Without them, synthetic images
    are drawn in memory. A stand-in or a prepared folder is announced on stdout, once. `cells` is
    always synthetic.

    Args:
        name: "cells" or "nuclei".
        source: "auto" searches as above; "real" raises an error instead of loading the stand-in;
            "offline" draws the stand-in at once.
        size: Height and width of the images in pixels. Synthetic cells have the same size in larger
            images; real images are scaled.
        profile: "quick" or "full": the number of synthetic images. Default:
            `course_lib.profile.current()`. A real set is always complete.
        seed: Seed of the synthetic images, an integer, 0 or larger.

    Returns:
        `(x_train, y_train), (x_test, y_test)`: `x` uint8 `(n, size, size, channels)`, `y` uint8
        `(n, size, size)`; the module of each set in `course_lib/data/sets` describes the labels.

    Raises:
        ValueError: Unknown name, source or profile.
        DataError: The prepared folder is damaged, or it is missing and `source` is "real".

    Example:
        >>> (x_train, y_train), _ = segmentation("cells", size=32, profile="quick")
        >>> x_train.shape, y_train.shape
        ((300, 32, 32, 1), (300, 32, 32))
    """
    data = find_segmentation(name)
    check_source(source)
    sizes = data.sizes[profiles.resolve(profile)]
    advice = (
        f"Get the images ({data.page}) and put them into DIR/{name}/train/images, "
        f"their masks into DIR/{name}/train/masks, the same for test, and set "
        "COURSE_DATA=DIR."
    )
    folder, reason = find_prepared(name, data.page, source, advice)
    if folder is not None:
        split = load_prepared_masks(data, folder, size)
        announce(name, str(folder), f"{name} is prepared data from {folder}")
        return split
    rng = np.random.default_rng([seed, size])
    split = data.generate(sizes[0], size, rng), data.generate(sizes[1], size, rng)
    if data.page:
        announce_stand_in(name, data.made_of, reason)
    return split
