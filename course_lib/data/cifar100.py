"""CIFAR-100: 32 × 32 colour images of a hundred kinds of things, five in each of twenty groups.

The stand-in carries the lesson of many classes: *chance is 1 %, and a network that is far from
perfect on the hundred still knows the group: coarse labels are easier than fine ones.*

It is drawn: each group has an arrangement of parts of its own, and each of its five kinds one
more part and its own colouring, drawn by lot once and for all; anywhere in the image, in front
of clutter (``course_lib.data.scenery``). The names are the real ones; the drawings do not look
like them.
"""

from __future__ import annotations

from functools import lru_cache
from types import MappingProxyType

import numpy as np

from course_lib.data.dataset import Dataset, four_arrays
from course_lib.data.drawing import box, circle, ellipse, stroke
from course_lib.data.keras_archive import archive
from course_lib.data.scenery import ACCENT, BODY, DARK, LIGHT, Thing, labelled_scenes

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
# A fine label is the kind's place in the alphabet.
FINE = tuple(sorted(kind for kinds in GROUPS.values() for kind in kinds.split()))
_GROUP_OF = {kind: label for label, kinds in enumerate(GROUPS.values()) for kind in kinds.split()}
COARSE_OF_FINE = np.array([_GROUP_OF[kind] for kind in FINE])


def stand_in(train, test, seed=0, label_mode="fine"):
    """Return ``train`` and ``test`` images of the hundred classes.

    Args:
        train: number of training images.
        test: number of test images.
        seed: integer, 0 or larger.
        label_mode: ``"fine"`` (default) for labels 0 to 99, ``"coarse"`` for 0 to 19.

    Returns:
        ``(x_train, y_train), (x_test, y_test)``: ``x`` uint8 ``(n, 32, 32, 3)``, ``y`` int64
        ``(n, 1)``.

    Raises:
        ValueError: another ``label_mode``.

    Example:
        >>> (x_train, y_train), _ = stand_in(200, 100, label_mode="coarse")
        >>> x_train.shape, int(y_train.max())
        ((200, 32, 32, 3), 19)
    """
    rng = np.random.default_rng([seed, 100])
    # With a few dozen images of a class there is less to go by than in CIFAR-10: calmer ones.
    how = {"loose": 0.05, "spread": 0.15}
    parts = (labelled_scenes(_things(), n, PIXELS, rng, **how) for n in (train, test))
    return tuple((x, _labels(y, label_mode)[:, None]) for x, y in parts)


def unpack(arrays, label_mode="fine"):
    """Return the four arrays of a prepared file, which holds the fine labels.

    Args:
        arrays: ``x_train``, ``y_train``, ``x_test``, ``y_test``.
        label_mode: as in :func:`stand_in`.
    """
    return tuple((x, _labels(np.asarray(y), label_mode)) for x, y in four_arrays(arrays))


def _labels(fine, label_mode):
    if label_mode == "fine":
        return fine
    if label_mode == "coarse":
        if fine.min() < 0 or fine.max() >= len(FINE):
            raise ValueError(f"fine labels go from 0 to 99; there is {fine.min()} to {fine.max()}")
        return COARSE_OF_FINE[fine]
    raise ValueError(f'label_mode is {label_mode!r}: write "fine" or "coarse"')


@lru_cache(maxsize=1)
def _things():
    """Return the hundred things, always the same, in the order of the fine labels."""
    rng = np.random.default_rng(2009)
    things = {}
    for kinds in GROUPS.values():
        ground = rng.integers(40, 215, 3)
        trunk = _parts(rng, 3)
        for kind in kinds.split():
            things[kind] = Thing(tuple(rng.integers(30, 235, 3)), ground, trunk + _parts(rng, 2))
    return tuple(things[kind] for kind in FINE)


def _parts(rng, n):
    """Return ``n`` parts drawn by lot."""
    forms = {
        box: (-0.5, 0.5, -0.5, 0.5, 0.2, 0.6, 0.2, 0.6),
        circle: (-0.6, 0.6, -0.6, 0.6, 0.2, 0.45),
        ellipse: (-0.4, 0.4, -0.4, 0.4, 0.25, 0.8, 0.15, 0.4),
        stroke: (-0.9, -0.2, -0.9, 0.9, 0.2, 0.9, -0.9, 0.9, 0.08, 0.16),
    }
    parts = []
    for _ in range(n):
        form = list(forms)[rng.integers(len(forms))]
        low, high = np.reshape(forms[form], (-1, 2)).T
        colour = (BODY, ACCENT, DARK, LIGHT)[rng.integers(4)]
        parts.append((form, colour, *rng.uniform(low, high).astype("float32")))
    return tuple(parts)


DATASET = Dataset(
    name="cifar100",
    page="https://www.cs.toronto.edu/~kriz/cifar.html",
    example=(PIXELS, PIXELS, 3),
    dtype="uint8",
    labels="int64",
    classes=FINE,
    sizes={"quick": (6000, 1000), "full": (20000, 4000)},
    stand_in=stand_in,
    made_of="drawn objects in front of clutter",
    column=True,
    options=MappingProxyType({"label_mode": "fine"}),
    unpack=unpack,
    files=(
        archive(
            "cifar-100-python",
            "https://www.cs.toronto.edu/~kriz/cifar-100-python.tar.gz",
            "85cd44d02ba6437773c5bbd22e183051d648de2e7d6b014e1ef29b855ba677a7",
        ),
    ),
)
