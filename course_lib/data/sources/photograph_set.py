"""The description of a set of photographs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from course_lib.data.sources.dataset import Examples


@dataclass(frozen=True)
class PhotographSet:
    """A set of photographs that Keras does not have.

    Args:
        name: As in `photographs(name)`.
        tfds_name: Its name in tensorflow-datasets.
        url: What tensorflow-datasets downloads.
        class_names: Names of the classes in the order of the labels.
        generate: `generate(n, size, rng)` returns synthetic images, uint8 `(n, size, size, 3)`,
            and labels, int64 `(n,)`.

    Example:
        >>> from course_lib.data.sets.flowers import PHOTOGRAPHS
        >>> PHOTOGRAPHS.tfds_name
        'tf_flowers'
    """

    name: str
    tfds_name: str
    url: str
    class_names: tuple[str, ...]
    generate: Callable[[int, int, np.random.Generator], Examples]
