"""Shapes: 28 × 28 grey images of a square, a circle or a triangle.

The data set of the lecture's first network (an image, 784 inputs, 3 outputs). It exists only as
synthetic data, whatever the source.

Its lesson: *a shape is the same shape wherever it is, and only hidden layers learn that.* A linear
model weighs single pixels and gets two of three right; a small MLP gets nine of ten.

Labels: 0 square, 1 circle, 2 triangle. Shapes are filled or outlined, differ in size, position,
rotation and contrast, and are light on dark, with a little noise.
"""

from __future__ import annotations

import numpy as np

from course_lib.data.sources.dataset import Dataset, Examples, Split
from course_lib.data.synthetic import drawing
from course_lib.data.synthetic.drawing import per_image

PIXELS = 28
CLASSES = ("square", "circle", "triangle")


def _generate(train: int, test: int, rng: np.random.Generator) -> Split:
    return _draw_images(train, rng), _draw_images(test, rng)


def _draw_images(n: int, rng: np.random.Generator) -> Examples:
    y = rng.permutation(np.arange(n) % len(CLASSES)).astype("uint8")
    zoom = per_image(rng, 0.35, 0.65, n)
    right, down = drawing.coordinates(
        PIXELS,
        across=per_image(rng, -0.3, 0.3, n),
        down=per_image(rng, -0.3, 0.3, n),
        zoom=zoom,
        angle=per_image(rng, -0.3, 0.3, n),
    )
    distance = np.choose(
        y[:, None, None],
        [
            drawing.box(right, down, 0, 0, 0.8, 0.8),
            drawing.circle(right, down, 0, 0, 0.9),
            drawing.trapezoid(right, down, -0.9, 0.75, 0, 1),
        ],
    )
    # An outline is a band around the edge.
    is_outline = per_image(rng, 0, 1, n) < 0.5
    distance = np.where(is_outline, np.abs(distance) - 0.12, distance)
    ink = drawing.cover(distance, 2 / PIXELS / zoom)
    paper, contrast = per_image(rng, 0, 70, n), per_image(rng, 100, 185, n)
    x = paper + contrast * ink
    x += 12 * rng.standard_normal(x.shape, dtype="float32")
    return np.clip(x, 0, 255).astype("uint8"), y


DATASET = Dataset(
    name="shapes",
    page="course_lib/data/sets/shapes.py",
    made_of="synthetic images",
    shape=(PIXELS, PIXELS),
    dtype="uint8",
    label_dtype="uint8",
    class_names=CLASSES,
    sizes={"quick": (2000, 500), "full": (12000, 2000)},
    generate=_generate,
    salt=28,
)
