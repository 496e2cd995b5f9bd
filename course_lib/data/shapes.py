"""Shapes: 28 × 28 grey images of one square, circle or triangle.

The set of the lecture's first network (an image, 784 inputs, 3 outputs). It has no other
original: it is drawn in memory, whatever the source.

Its lesson: *what a shape is does not depend on where it is, and only hidden layers find that
out.* A linear model weighs single pixels and gets two of three right; a small MLP gets nine of ten.

Labels: 0 square, 1 circle, 2 triangle. Shapes are filled or drawn as a line, of different
size, place, turn and contrast, light on dark, in a little noise.
"""

from __future__ import annotations

import numpy as np

from course_lib.data import drawing
from course_lib.data.dataset import Dataset

PIXELS = 28
CLASSES = ("square", "circle", "triangle")


def stand_in(train, test, seed=0):
    """Return ``train`` and ``test`` images of shapes.

    Args:
        train: number of training images.
        test: number of test images.
        seed: integer, 0 or larger.

    Returns:
        ``(x_train, y_train), (x_test, y_test)``: ``x`` uint8 ``(n, 28, 28)``, ``y`` uint8
        ``(n,)``.

    Example:
        >>> (x_train, y_train), _ = stand_in(30, 3)
        >>> x_train.shape, np.bincount(y_train).tolist()
        ((30, 28, 28), [10, 10, 10])
    """
    rng = np.random.default_rng([seed, 28])
    return _draw(train, rng), _draw(test, rng)


def _draw(n, rng):
    y = rng.permutation(np.arange(n) % len(CLASSES)).astype("uint8")
    zoom = drawing.each(rng, 0.35, 0.65, n)
    at_x, at_v = drawing.coordinates(
        PIXELS,
        across=drawing.each(rng, -0.3, 0.3, n),
        down=drawing.each(rng, -0.3, 0.3, n),
        zoom=zoom,
        angle=drawing.each(rng, -0.3, 0.3, n),
    )
    distance = np.choose(
        y[:, None, None],
        [
            drawing.box(at_x, at_v, 0, 0, 0.8, 0.8),
            drawing.circle(at_x, at_v, 0, 0, 0.9),
            drawing.trapezoid(at_x, at_v, -0.9, 0.75, 0, 1),
        ],
    )
    # A drawn line is what lies near the edge, on either side of it.
    line = drawing.each(rng, 0, 1, n) < 0.5
    distance = np.where(line, np.abs(distance) - 0.12, distance)
    ink = drawing.cover(distance, 2 / PIXELS / zoom)
    paper, contrast = drawing.each(rng, 0, 70, n), drawing.each(rng, 100, 185, n)
    x = paper + contrast * ink
    x += 12 * rng.standard_normal(x.shape, dtype="float32")
    return np.clip(x, 0, 255).astype("uint8"), y


DATASET = Dataset(
    name="shapes",
    page="course_lib/data/shapes.py",
    example=(PIXELS, PIXELS),
    dtype="uint8",
    labels="uint8",
    classes=CLASSES,
    sizes={"quick": (2000, 500), "full": (12000, 2000)},
    stand_in=stand_in,
    made_of="drawn in memory",
)
