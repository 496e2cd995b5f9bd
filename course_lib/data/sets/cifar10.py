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
from course_lib.data.synthetic.drawing import (
    box,
    circle,
    ellipse,
    stroke,
    trapezoid,
    triangle,
)
from course_lib.data.synthetic.scene_object import ACCENT, BODY, DARK, LIGHT, Part, SceneObject

PIXELS = 32


def _make_wheels(radius: float, *across: float) -> tuple[Part, ...]:
    tyres = tuple((circle, DARK, place, 0.45, radius) for place in across)
    return tyres + tuple((circle, LIGHT, place, 0.45, 0.4 * radius) for place in across)


def _make_legs(colour: int, length: float, radius: float, *across: float) -> tuple[Part, ...]:
    return tuple((stroke, colour, place, 0.2, place, length, radius) for place in across)


OBJECTS = {
    "airplane": SceneObject(
        (225, 225, 230),
        (130, 170, 220),
        (
            (stroke, ACCENT, 0.15, 0.0, -0.3, -0.8, 0.13),
            (stroke, ACCENT, -0.75, 0.0, -1.0, -0.4, 0.09),
            (stroke, ACCENT, -0.75, 0.0, -1.0, 0.35, 0.09),
            (stroke, BODY, -0.85, 0.0, 0.85, 0.0, 0.15),
            (stroke, ACCENT, 0.15, 0.05, -0.3, 0.85, 0.13),
            (circle, DARK, 0.75, -0.03, 0.1),
        ),
    ),
    "automobile": SceneObject(
        (180, 50, 50),
        (120, 120, 120),
        (
            (trapezoid, BODY, -0.5, 0.05, 0.38, 0.66),
            (box, BODY, 0.0, 0.2, 1.0, 0.24),
            (box, LIGHT, -0.24, -0.2, 0.18, 0.15),
            (box, LIGHT, 0.22, -0.2, 0.18, 0.15),
            *_make_wheels(0.24, -0.55, 0.55),
        ),
    ),
    "bird": SceneObject(
        (150, 110, 70),
        (140, 180, 150),
        (
            (stroke, ACCENT, -0.4, 0.15, -1.0, 0.3, 0.11),
            (stroke, DARK, -0.05, 0.3, -0.05, 0.9, 0.05),
            (stroke, DARK, 0.15, 0.3, 0.15, 0.9, 0.05),
            (ellipse, BODY, 0.0, 0.12, 0.56, 0.36),
            (circle, BODY, 0.45, -0.32, 0.28),
            (stroke, LIGHT, 0.7, -0.26, 1.0, -0.2, 0.08),
            (ellipse, DARK, -0.14, 0.08, 0.36, 0.16),
            (circle, DARK, 0.5, -0.38, 0.09),
        ),
    ),
    "cat": SceneObject(
        (150, 120, 95),
        (170, 145, 130),
        (
            (triangle, BODY, -0.45, -0.9, 0.28, 0.75),
            (triangle, BODY, 0.45, -0.9, 0.28, 0.75),
            (ellipse, BODY, 0.0, 0.1, 0.74, 0.62),
            (ellipse, LIGHT, -0.3, -0.02, 0.19, 0.15),
            (ellipse, LIGHT, 0.3, -0.02, 0.19, 0.15),
            (ellipse, DARK, -0.3, -0.02, 0.07, 0.14),
            (ellipse, DARK, 0.3, -0.02, 0.07, 0.14),
            (circle, DARK, 0.0, 0.28, 0.1),
            (stroke, LIGHT, 0.25, 0.36, 0.95, 0.3, 0.03),
            (stroke, LIGHT, -0.25, 0.36, -0.95, 0.3, 0.03),
        ),
    ),
    "deer": SceneObject(
        (150, 105, 60),
        (100, 140, 70),
        (
            *_make_legs(BODY, 1.0, 0.06, -0.45, -0.28, 0.28, 0.45),
            (stroke, LIGHT, 0.62, -0.6, 0.4, -1.1, 0.06),
            (stroke, LIGHT, 0.52, -0.8, 0.22, -0.85, 0.05),
            (stroke, LIGHT, 0.78, -0.6, 0.95, -1.1, 0.06),
            (stroke, LIGHT, 0.86, -0.8, 1.12, -0.85, 0.05),
            (stroke, BODY, 0.4, 0.0, 0.68, -0.5, 0.12),
            (ellipse, BODY, 0.0, 0.1, 0.58, 0.25),
            (ellipse, BODY, 0.82, -0.48, 0.25, 0.14),
            (circle, LIGHT, -0.58, 0.02, 0.11),
        ),
    ),
    "dog": SceneObject(
        (190, 160, 120),
        (150, 145, 120),
        (
            *_make_legs(BODY, 0.8, 0.12, -0.55, 0.25),
            *_make_legs(ACCENT, 0.75, 0.1, -0.3, 0.02),
            (stroke, BODY, -0.6, 0.05, -1.0, -0.45, 0.08),
            (ellipse, BODY, -0.12, 0.16, 0.62, 0.29),
            (circle, BODY, 0.52, -0.28, 0.33),
            (ellipse, BODY, 0.85, -0.18, 0.28, 0.16),
            (circle, DARK, 1.08, -0.22, 0.1),
            (circle, DARK, 0.62, -0.36, 0.08),
            (ellipse, DARK, 0.32, -0.16, 0.15, 0.34),
        ),
    ),
    "frog": SceneObject(
        (90, 140, 60),
        (110, 110, 60),
        (
            (stroke, BODY, -0.6, 0.5, -1.05, 0.75, 0.14),
            (stroke, BODY, 0.6, 0.5, 1.05, 0.75, 0.14),
            (circle, BODY, -0.42, -0.28, 0.32),
            (circle, BODY, 0.42, -0.28, 0.32),
            (ellipse, BODY, 0.0, 0.25, 0.85, 0.5),
            (circle, LIGHT, -0.42, -0.3, 0.23),
            (circle, LIGHT, 0.42, -0.3, 0.23),
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
            *_make_legs(ACCENT, 0.95, 0.1, -0.25, 0.22),
            (stroke, DARK, -0.62, 0.0, -0.92, 0.6, 0.11),
            (stroke, DARK, 0.3, -0.2, 0.56, -0.8, 0.11),
            (stroke, BODY, 0.45, 0.0, 0.72, -0.62, 0.18),
            (stroke, BODY, 0.72, -0.65, 1.05, -0.38, 0.14),
            (triangle, BODY, 0.68, -1.05, 0.09, 0.35),
            (ellipse, BODY, 0.0, 0.05, 0.66, 0.31),
        ),
    ),
    "ship": SceneObject(
        (120, 120, 130),
        (70, 110, 170),
        (
            (box, DARK, 0.4, -0.4, 0.04, 0.45),
            (box, ACCENT, -0.2, -0.4, 0.14, 0.3),
            (box, LIGHT, -0.05, 0.05, 0.58, 0.24),
            (circle, DARK, -0.4, 0.04, 0.08),
            (circle, DARK, -0.05, 0.04, 0.08),
            (circle, DARK, 0.3, 0.04, 0.08),
            (trapezoid, BODY, 0.25, 0.72, 1.05, 0.7),
        ),
    ),
    "truck": SceneObject(
        (200, 200, 190),
        (130, 130, 135),
        (
            (box, BODY, -0.32, -0.2, 0.68, 0.52),
            (box, ACCENT, 0.66, 0.05, 0.3, 0.36),
            (box, LIGHT, 0.74, -0.08, 0.17, 0.14),
            (box, DARK, 0.0, 0.4, 0.95, 0.06),
            *_make_wheels(0.2, -0.75, -0.3, 0.62),
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
