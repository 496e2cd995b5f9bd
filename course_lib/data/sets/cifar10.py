"""CIFAR-10: 32 × 32 colour images of ten kinds of animals and vehicles.

The stand-in teaches the lessons of the labs on convolution and augmentation: *the position of an
object does not matter, so a small CNN classifies images much better than an MLP of the same size;
and with few images, flipped and shifted copies close part of the gap between training and test
accuracy.*

It is synthetic: each class is an arrangement of simple parts (wheels under a box, legs under a
body), in any colours, anywhere in the image, in front of clutter
(`course_lib.data.synthetic.draw_scenes`).
"""

from __future__ import annotations

import numpy as np

from course_lib.data.sources.dataset import Dataset, Split
from course_lib.data.sources.keras_archive import keras_archive
from course_lib.data.synthetic.draw_labelled_scenes import draw_labelled_scenes
from course_lib.data.synthetic.drawing import box, circle, ellipse, stroke
from course_lib.data.synthetic.scene_object import ACCENT, BODY, DARK, LIGHT, Part, SceneObject

PIXELS = 32


def _make_wheels(*across: float) -> tuple[Part, ...]:
    return tuple((circle, DARK, place, 0.5, 0.22) for place in across)


def _make_legs(colour: int, length: float, radius: float, *across: float) -> tuple[Part, ...]:
    return tuple((stroke, colour, place, 0.2, place, length, radius) for place in across)


OBJECTS = {
    "airplane": SceneObject(
        (225, 225, 230),
        (130, 170, 220),
        (
            (stroke, ACCENT, 0.05, 0.0, -0.3, -0.65, 0.1),
            (stroke, ACCENT, -0.85, 0.0, -1.0, -0.5, 0.09),
            (ellipse, BODY, 0.0, 0.0, 1.0, 0.2),
            (stroke, ACCENT, 0.1, 0.05, -0.25, 0.75, 0.12),
            (circle, LIGHT, 0.7, -0.05, 0.08),
        ),
    ),
    "automobile": SceneObject(
        (180, 50, 50),
        (120, 120, 120),
        (
            (ellipse, BODY, -0.05, -0.1, 0.6, 0.42),
            (box, BODY, 0.0, 0.2, 1.0, 0.26),
            (box, LIGHT, -0.05, -0.18, 0.36, 0.13),
            *_make_wheels(-0.55, 0.55),
        ),
    ),
    "bird": SceneObject(
        (150, 110, 70),
        (140, 180, 150),
        (
            (stroke, ACCENT, -0.4, 0.1, -1.0, -0.1, 0.1),
            (stroke, DARK, 0.0, 0.3, 0.0, 0.9, 0.05),
            (ellipse, BODY, 0.0, 0.1, 0.55, 0.36),
            (circle, BODY, 0.5, -0.3, 0.26),
            (stroke, LIGHT, 0.7, -0.3, 1.0, -0.25, 0.06),
            (ellipse, ACCENT, -0.1, 0.05, 0.36, 0.18),
        ),
    ),
    "cat": SceneObject(
        (150, 120, 95),
        (170, 145, 130),
        (
            (stroke, BODY, -0.42, -0.2, -0.55, -0.8, 0.16),
            (stroke, BODY, 0.42, -0.2, 0.55, -0.8, 0.16),
            (circle, BODY, 0.0, 0.1, 0.68),
            (circle, LIGHT, -0.28, -0.02, 0.15),
            (circle, LIGHT, 0.28, -0.02, 0.15),
            (circle, DARK, 0.0, 0.3, 0.1),
        ),
    ),
    "deer": SceneObject(
        (150, 105, 60),
        (100, 140, 70),
        (
            *_make_legs(BODY, 1.0, 0.06, -0.45, -0.3, 0.3, 0.45),
            (stroke, LIGHT, 0.7, -0.55, 0.45, -1.05, 0.05),
            (stroke, LIGHT, 0.75, -0.55, 1.0, -1.05, 0.05),
            (stroke, BODY, 0.4, 0.0, 0.72, -0.5, 0.11),
            (ellipse, BODY, 0.0, 0.1, 0.58, 0.24),
            (ellipse, ACCENT, 0.82, -0.5, 0.2, 0.12),
        ),
    ),
    "dog": SceneObject(
        (190, 160, 120),
        (150, 145, 120),
        (
            *_make_legs(BODY, 0.8, 0.11, -0.55, 0.25),
            (stroke, BODY, -0.6, 0.1, -1.0, -0.45, 0.08),
            (ellipse, BODY, -0.15, 0.2, 0.62, 0.3),
            (circle, BODY, 0.55, -0.2, 0.34),
            (ellipse, BODY, 0.9, -0.1, 0.22, 0.14),
            (ellipse, DARK, 0.4, -0.12, 0.13, 0.32),
        ),
    ),
    "frog": SceneObject(
        (90, 140, 60),
        (110, 110, 60),
        (
            (stroke, BODY, -0.6, 0.5, -1.05, 0.75, 0.14),
            (stroke, BODY, 0.6, 0.5, 1.05, 0.75, 0.14),
            (circle, LIGHT, -0.42, -0.3, 0.25),
            (circle, LIGHT, 0.42, -0.3, 0.25),
            (ellipse, BODY, 0.0, 0.25, 0.85, 0.5),
            (circle, DARK, -0.42, -0.32, 0.12),
            (circle, DARK, 0.42, -0.32, 0.12),
            (stroke, DARK, -0.5, 0.35, 0.5, 0.35, 0.05),
        ),
    ),
    "horse": SceneObject(
        (120, 75, 45),
        (120, 155, 90),
        (
            *_make_legs(BODY, 0.95, 0.1, -0.5, 0.45),
            *_make_legs(ACCENT, 0.95, 0.1, -0.25, 0.25),
            (stroke, DARK, -0.6, 0.0, -0.9, 0.55, 0.1),
            (stroke, BODY, 0.45, 0.0, 0.75, -0.65, 0.18),
            (stroke, BODY, 0.75, -0.7, 1.05, -0.45, 0.13),
            (stroke, DARK, 0.35, -0.15, 0.6, -0.85, 0.08),
            (ellipse, BODY, 0.0, 0.05, 0.65, 0.3),
        ),
    ),
    "ship": SceneObject(
        (120, 120, 130),
        (70, 110, 170),
        (
            (box, DARK, 0.15, -0.5, 0.06, 0.45),
            (box, ACCENT, -0.1, 0.0, 0.45, 0.25),
            (box, LIGHT, -0.1, -0.02, 0.32, 0.08),
            (box, BODY, 0.0, 0.35, 1.0, 0.13),
            (box, BODY, 0.0, 0.55, 0.75, 0.14),
        ),
    ),
    "truck": SceneObject(
        (200, 200, 190),
        (130, 130, 135),
        (
            (box, BODY, -0.3, -0.15, 0.7, 0.52),
            (box, ACCENT, 0.7, 0.1, 0.28, 0.32),
            (box, LIGHT, 0.75, 0.0, 0.14, 0.12),
            *_make_wheels(-0.7, -0.2, 0.65),
        ),
    ),
}


def _generate(train: int, test: int, rng: np.random.Generator) -> Split:
    objects = tuple(OBJECTS.values())
    return (
        draw_labelled_scenes(objects, train, PIXELS, rng),
        draw_labelled_scenes(objects, test, PIXELS, rng),
    )


DATASET = Dataset(
    name="cifar10",
    page="https://www.cs.toronto.edu/~kriz/cifar.html",
    made_of="synthetic animals and vehicles in front of clutter",
    shape=(PIXELS, PIXELS, 3),
    dtype="uint8",
    label_dtype="uint8",
    class_names=tuple(OBJECTS),
    sizes={"quick": (4000, 1000), "full": (20000, 4000)},
    generate=_generate,
    salt=32,
    has_label_column=True,
    files=(
        keras_archive(
            "cifar-10-batches-py",
            "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz",
            "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce",
        ),
    ),
)
