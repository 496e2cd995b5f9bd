"""Photographs of five kinds of flowers.

The stand-in teaches the lesson of transfer learning as far as synthetic images can: *a few hundred
images of objects at any place and size are too few to learn features from.* Its flowers have the
petals, stalks and colours of their kind.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from course_lib.data.sources.photograph_set import PhotographSet
from course_lib.data.synthetic.draw_labelled_scenes import draw_labelled_scenes
from course_lib.data.synthetic.drawing import circle, ellipse, stroke
from course_lib.data.synthetic.scene_object import ACCENT, BODY, DARK, LIGHT, Part, SceneObject


def _make_petals(
    n: int, colour: int, length: float, width: float, reach: float = 0.2
) -> tuple[Part, ...]:
    """Return `n` petals around the centre of a flower at the top of its stalk."""
    angle = 2 * np.pi * np.arange(n) / n
    ends = zip(np.cos(angle), np.sin(angle) - 0.3, strict=True)
    return tuple(
        (stroke, colour, reach * x, reach * y - 0.24, length * x, length * y - 0.3, width)
        for x, y in ends
    )


def _make_flowers() -> tuple[SceneObject, ...]:
    green, stalk = (95, 140, 70), (stroke, DARK, 0.0, 0.0, 0.0, 1.0, 0.06)
    heart = (circle, ACCENT, 0.0, -0.3, 0.25)
    cup = (ellipse, BODY, 0.0, -0.3, 0.35, 0.5)
    rings = tuple(
        (circle, colour, 0.0, -0.3, r)
        for colour, r in ((BODY, 0.55), (ACCENT, 0.4), (BODY, 0.25), (DARK, 0.1))
    )
    leaf = (ellipse, DARK, 0.25, 0.55, 0.25, 0.1)
    return (
        SceneObject((235, 205, 60), green, (stalk, *_make_petals(16, BODY, 0.6, 0.03, 0.05))),
        SceneObject((240, 235, 220), green, (stalk, *_make_petals(10, LIGHT, 0.55, 0.09), heart)),
        SceneObject((200, 60, 90), green, (stalk, leaf, cup, *_make_petals(2, BODY, 0.25, 0.2))),
        SceneObject(
            (230, 170, 40),
            green,
            (stalk, *_make_petals(14, BODY, 0.75, 0.08), (circle, DARK, 0, -0.3, 0.35)),
        ),
        SceneObject((190, 40, 60), green, (stalk, leaf, *rings)),
    )


PHOTOGRAPHS = PhotographSet(
    name="flowers",
    tfds_name="tf_flowers",
    url="https://storage.googleapis.com/download.tensorflow.org/example_images/flower_photos.tgz",
    class_names=("dandelion", "daisy", "tulips", "sunflowers", "roses"),
    generate=partial(draw_labelled_scenes, _make_flowers()),
)
