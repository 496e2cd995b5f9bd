"""The description of a set of images with a label for every pixel."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from course_lib.data.sources.dataset import Examples


@dataclass(frozen=True)
class SegmentationSet:
    """Images with a label for every pixel.

    Args:
        name: As in `segmentation(name)`; also the folder in `COURSE_DATA`.
        channels: 1 for grey images, 3 for colour.
        page: Where to read about the real set; empty if it exists only as synthetic data.
        sizes: Numbers of training and test images in the stand-in, by profile.
        generate: `generate(n, size, rng)` returns synthetic images, uint8 `(n, size, size,
            channels)`, and labels, uint8 `(n, size, size)`.
        made_of: What the stand-in is, in a few words, for its announcement.
        read_mask: Turns the pixels of a prepared mask, uint8 `(height, width)`, into labels.

    Example:
        >>> from course_lib.data.sets.cells import SEGMENTATION
        >>> SEGMENTATION.channels
        1
    """

    name: str
    channels: int
    page: str
    sizes: Mapping[str, tuple[int, int]]
    generate: Callable[[int, int, np.random.Generator], Examples]
    made_of: str = "synthetic images"
    read_mask: Callable[[np.ndarray], np.ndarray] = np.asarray
