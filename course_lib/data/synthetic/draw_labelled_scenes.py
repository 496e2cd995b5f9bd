"""A balanced set of scenes with labels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from course_lib.data.synthetic.draw_scenes import draw_scenes
from course_lib.data.synthetic.scene_object import SceneObject


def draw_labelled_scenes(
    objects: Sequence[SceneObject],
    n: int,
    size: int,
    rng: np.random.Generator,
    **settings: float,
) -> tuple[np.ndarray, np.ndarray]:
    """Draw `n` shuffled images, equally many of each object, and return them with their labels.

    Args:
        objects: The label of an object is its index.
        n: Number of images.
        size: Height and width in pixels.
        rng: Source of random numbers.
        **settings: `looseness` and `spread`, as for `draw_scenes`.

    Returns:
        `x`, uint8 `(n, size, size, 3)`, and `y`, int64 `(n,)`.

    Example:
        >>> from course_lib.data.synthetic.drawing import circle
        >>> ball = SceneObject((200, 60, 40), (90, 140, 80), ((circle, 0, 0, 0, 0.8),))
        >>> x, y = draw_labelled_scenes([ball, ball], 4, 32, np.random.default_rng(0))
        >>> x.shape, sorted(y.tolist())
        ((4, 32, 32, 3), [0, 0, 1, 1])
    """
    y = rng.permutation(np.arange(n) % len(objects))
    x = np.empty((n, size, size, 3), "uint8")
    for label, scene_object in enumerate(objects):
        here = np.flatnonzero(y == label)
        x[here] = draw_scenes(scene_object, len(here), size, rng, **settings)
    return x, y
