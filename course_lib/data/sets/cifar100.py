"""CIFAR-100: 32 × 32 colour images of a hundred kinds of objects, five in each of twenty groups.

The stand-in teaches the lesson of many classes: *chance is 1 %, and a network that is far from
perfect on the hundred classes still finds the group: coarse labels are easier than fine ones.*

It is synthetic: each group has its own arrangement of parts, and each of its five kinds has one
more part and its own colours, chosen at random once and for all; anywhere in the image, in front
of clutter (`course_lib.data.synthetic.draw_scenes`). The names are the real ones; the images do
not look like them.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

import numpy as np

from course_lib.data.sources.dataset import Dataset, Split
from course_lib.data.sources.four_arrays import four_arrays
from course_lib.data.sources.keras_archive import keras_archive
from course_lib.data.synthetic.draw_labelled_scenes import draw_labelled_scenes
from course_lib.data.synthetic.drawing import box, circle, ellipse, stroke
from course_lib.data.synthetic.scene_object import (
    ACCENT,
    BODY,
    DARK,
    LIGHT,
    RGB,
    Part,
    SceneObject,
)

PIXELS = 32

# The twenty groups and their kinds, in the order of the coarse labels (Krizhevsky, "Learning
# Multiple Layers of Features from Tiny Images", 2009, table 3.2).
GROUPS = {
    "aquatic_mammals": "beaver dolphin otter seal whale",
    "fish": "aquarium_fish flatfish ray shark trout",
    "flowers": "orchid poppy rose sunflower tulip",
    "food_containers": "bottle bowl can cup plate",
    "fruit_and_vegetables": "apple mushroom orange pear sweet_pepper",
    "household_electrical_devices": "clock keyboard lamp telephone television",
    "household_furniture": "bed chair couch table wardrobe",
    "insects": "bee beetle butterfly caterpillar cockroach",
    "large_carnivores": "bear leopard lion tiger wolf",
    "large_man-made_outdoor_things": "bridge castle house road skyscraper",
    "large_natural_outdoor_scenes": "cloud forest mountain plain sea",
    "large_omnivores_and_herbivores": "camel cattle chimpanzee elephant kangaroo",
    "medium_mammals": "fox porcupine possum raccoon skunk",
    "non-insect_invertebrates": "crab lobster snail spider worm",
    "people": "baby boy girl man woman",
    "reptiles": "crocodile dinosaur lizard snake turtle",
    "small_mammals": "hamster mouse rabbit shrew squirrel",
    "trees": "maple_tree oak_tree palm_tree pine_tree willow_tree",
    "vehicles_1": "bicycle bus motorcycle pickup_truck train",
    "vehicles_2": "lawn_mower rocket streetcar tank tractor",
}
COARSE = tuple(GROUPS)
# The fine labels are in alphabetical order.
FINE = tuple(sorted(kind for kinds in GROUPS.values() for kind in kinds.split()))
_GROUP_OF = {kind: label for label, kinds in enumerate(GROUPS.values()) for kind in kinds.split()}
COARSE_OF_FINE = np.array([_GROUP_OF[kind] for kind in FINE])


def _generate(train: int, test: int, rng: np.random.Generator, label_mode: str = "fine") -> Split:
    # A class has only a few dozen images, so they vary less than those of CIFAR-10.
    settings = {"looseness": 0.05, "spread": 0.15}
    (x_train, y_train), (x_test, y_test) = (
        draw_labelled_scenes(_make_objects(), n, PIXELS, rng, **settings) for n in (train, test)
    )
    return (x_train, _convert(y_train, label_mode)), (x_test, _convert(y_test, label_mode))


def _unpack(arrays: Mapping[str, np.ndarray], label_mode: str = "fine") -> Split:
    """Return the four arrays of a prepared file, which holds the fine labels."""
    (x_train, y_train), (x_test, y_test) = four_arrays(arrays)
    return (
        (x_train, _convert(np.asarray(y_train), label_mode)),
        (x_test, _convert(np.asarray(y_test), label_mode)),
    )


def _convert(fine: np.ndarray, label_mode: str) -> np.ndarray:
    """Return fine labels, 0 to 99, as they are or as coarse ones, 0 to 19."""
    if label_mode == "fine":
        return fine
    if label_mode == "coarse":
        if fine.min() < 0 or fine.max() >= len(FINE):
            raise ValueError(
                f"fine labels go from 0 to 99; these go from {fine.min()} to {fine.max()}"
            )
        return COARSE_OF_FINE[fine]
    raise ValueError(f'label_mode is {label_mode!r}: write "fine" or "coarse"')


@lru_cache(maxsize=1)
def _make_objects() -> tuple[SceneObject, ...]:
    """Return the hundred objects, always the same, in the order of the fine labels."""
    rng = np.random.default_rng(2009)
    objects = {}
    for kinds in GROUPS.values():
        ground = _choose_colour(rng, 40, 215)
        shared_parts = _choose_parts(rng, 3)
        for kind in kinds.split():
            coat = _choose_colour(rng, 30, 235)
            objects[kind] = SceneObject(coat, ground, shared_parts + _choose_parts(rng, 2))
    return tuple(objects[kind] for kind in FINE)


def _choose_colour(rng: np.random.Generator, low: int, high: int) -> RGB:
    red, green, blue = rng.integers(low, high, 3).tolist()
    return red, green, blue


def _choose_parts(rng: np.random.Generator, n: int) -> tuple[Part, ...]:
    """Return `n` random parts."""
    # The range of each argument of a shape after `x` and `y`: low, high, low, high, …
    ranges = {
        box: (-0.5, 0.5, -0.5, 0.5, 0.2, 0.6, 0.2, 0.6),
        circle: (-0.6, 0.6, -0.6, 0.6, 0.2, 0.45),
        ellipse: (-0.4, 0.4, -0.4, 0.4, 0.25, 0.8, 0.15, 0.4),
        stroke: (-0.9, -0.2, -0.9, 0.9, 0.2, 0.9, -0.9, 0.9, 0.08, 0.16),
    }
    shapes = list(ranges)
    parts = []
    for _ in range(n):
        shape = shapes[rng.integers(len(shapes))]
        low, high = np.reshape(ranges[shape], (-1, 2)).T
        colour = (BODY, ACCENT, DARK, LIGHT)[rng.integers(4)]
        parts.append((shape, colour, *rng.uniform(low, high).astype("float32")))
    return tuple(parts)


DATASET = Dataset(
    name="cifar100",
    page="https://www.cs.toronto.edu/~kriz/cifar.html",
    made_of="synthetic objects in front of clutter",
    shape=(PIXELS, PIXELS, 3),
    dtype="uint8",
    label_dtype="int64",
    class_names=FINE,
    sizes={"quick": (6000, 1000), "full": (20000, 4000)},
    generate=_generate,
    salt=100,
    has_label_column=True,
    options=MappingProxyType({"label_mode": "fine"}),
    unpack=_unpack,
    files=(
        keras_archive(
            "cifar-100-python",
            "https://www.cs.toronto.edu/~kriz/cifar-100-python.tar.gz",
            "85cd44d02ba6437773c5bbd22e183051d648de2e7d6b014e1ef29b855ba677a7",
        ),
    ),
)
stand_in = DATASET.stand_in  # for labs that use the synthetic images and not the photographs
