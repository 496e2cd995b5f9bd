"""The sets of photographs that Keras lacks, and the drawings that stand for them offline.

The stand-ins carry the lesson of transfer learning as far as drawings can: *a few hundred
images of things that stand anywhere, at any size, are too few to learn to see from.* Cats and
dogs are those of the CIFAR-10 stand-in, larger; flowers have petals, stalks and colours of their
kind; the 37 breeds of pets differ by coat and by one spot or mark, drawn by lot once and for all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from course_lib.data.cifar10 import OBJECTS
from course_lib.data.drawing import circle, ellipse, stroke
from course_lib.data.scenery import ACCENT, BODY, DARK, LIGHT, Thing


@dataclass(frozen=True)
class PhotographSet:
    """One set of photographs.

    Args:
        name: as in ``photographs(name)``.
        tfds_name: its name in tensorflow-datasets.
        url: what tensorflow-datasets downloads.
        classes: the classes' names in the order of their labels.
        things: makes the drawn objects that stand for the classes.
    """

    name: str
    tfds_name: str
    url: str
    classes: tuple[str, ...]
    things: Callable[[], tuple[Thing, ...]]


def _cats_and_dogs():
    return OBJECTS["cat"], OBJECTS["dog"]


def _petals(n, colour, length, width, reach=0.2):
    """Return ``n`` petals round the middle of a flower at the top of its stalk."""
    turn = 2 * np.pi * np.arange(n) / n
    ends = zip(np.cos(turn), np.sin(turn) - 0.3, strict=True)
    return tuple(
        (stroke, colour, reach * x, reach * y - 0.24, length * x, length * y - 0.3, width)
        for x, y in ends
    )


def _flowers():
    green, stalk = (95, 140, 70), (stroke, DARK, 0.0, 0.0, 0.0, 1.0, 0.06)
    heart = (circle, ACCENT, 0.0, -0.3, 0.25)
    cup = (ellipse, BODY, 0.0, -0.3, 0.35, 0.5)
    rings = tuple(
        (circle, colour, 0.0, -0.3, r)
        for colour, r in ((BODY, 0.55), (ACCENT, 0.4), (BODY, 0.25), (DARK, 0.1))
    )
    leaf = (ellipse, DARK, 0.25, 0.55, 0.25, 0.1)
    return (
        Thing((235, 205, 60), green, (stalk, *_petals(16, BODY, 0.6, 0.03, 0.05))),
        Thing((240, 235, 220), green, (stalk, *_petals(10, LIGHT, 0.55, 0.09), heart)),
        Thing((200, 60, 90), green, (stalk, leaf, cup, *_petals(2, BODY, 0.25, 0.2))),
        Thing(
            (230, 170, 40),
            green,
            (stalk, *_petals(14, BODY, 0.75, 0.08), (circle, DARK, 0, -0.3, 0.35)),
        ),
        Thing((190, 40, 60), green, (stalk, leaf, *rings)),
    )


def _breeds():
    rng = np.random.default_rng(37)
    things = []
    for breed in PETS:
        # The cats' names are those with a capital letter, as in the set itself.
        animal = OBJECTS["cat" if breed[0].isupper() else "dog"]
        spot = (ellipse, (ACCENT, DARK, LIGHT)[rng.integers(3)])
        place, size = rng.uniform(-0.4, 0.4, 2), rng.uniform(0.1, 0.3, 2)
        coat = tuple(rng.integers(40, 230, 3))
        things.append(Thing(coat, animal.ground, (*animal.parts, (*spot, *place, *size))))
    return tuple(things)


PETS = tuple(
    str.split(
        """
        Abyssinian american_bulldog american_pit_bull_terrier basset_hound beagle Bengal Birman
        Bombay boxer British_Shorthair chihuahua Egyptian_Mau english_cocker_spaniel
        english_setter german_shorthaired great_pyrenees havanese japanese_chin keeshond
        leonberger Maine_Coon miniature_pinscher newfoundland Persian pomeranian pug Ragdoll
        Russian_Blue saint_bernard samoyed scottish_terrier shiba_inu Siamese Sphynx
        staffordshire_bull_terrier wheaten_terrier yorkshire_terrier
        """
    )
)
SETS = {
    made.name: made
    for made in (
        PhotographSet(
            "cats_vs_dogs",
            "cats_vs_dogs",
            "https://download.microsoft.com/download/3/E/1/"
            "3E1C3F21-ECDB-4869-8368-6DEBA77B919F/kagglecatsanddogs_5340.zip",
            ("cat", "dog"),
            _cats_and_dogs,
        ),
        PhotographSet(
            "flowers",
            "tf_flowers",
            "https://storage.googleapis.com/download.tensorflow.org/example_images/"
            "flower_photos.tgz",
            ("dandelion", "daisy", "tulips", "sunflowers", "roses"),
            _flowers,
        ),
        PhotographSet(
            "pets",
            "oxford_iiit_pet",
            "https://thor.robots.ox.ac.uk/~vgg/data/pets/images.tar.gz",
            PETS,
            _breeds,
        ),
    )
}
