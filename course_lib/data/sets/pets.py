"""Photographs of 37 breeds of cats and dogs.

The stand-in teaches the lesson of transfer learning as far as synthetic images can: *a few hundred
images of objects at any place and size are too few to learn features from.* Its breeds are the
cats and dogs of the CIFAR-10 stand-in, with a coat and a spot of their own, chosen at random once
and for all.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from course_lib.data.sets.cifar10 import OBJECTS
from course_lib.data.sources.photograph_set import PhotographSet
from course_lib.data.synthetic.draw_labelled_scenes import draw_labelled_scenes
from course_lib.data.synthetic.drawing import ellipse
from course_lib.data.synthetic.scene_object import ACCENT, DARK, LIGHT, SceneObject

BREEDS = tuple(
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


def _make_breeds() -> tuple[SceneObject, ...]:
    rng = np.random.default_rng(37)
    breeds = []
    for breed in BREEDS:
        # As in the set itself, the names of cats begin with a capital letter.
        animal = OBJECTS["cat" if breed[0].isupper() else "dog"]
        colour = (ACCENT, DARK, LIGHT)[rng.integers(3)]
        place, size = rng.uniform(-0.4, 0.4, 2), rng.uniform(0.1, 0.3, 2)
        red, green, blue = rng.integers(40, 230, 3).tolist()
        spot = (ellipse, colour, *place, *size)
        breeds.append(SceneObject((red, green, blue), animal.ground, (*animal.parts, spot)))
    return tuple(breeds)


PHOTOGRAPHS = PhotographSet(
    name="pets",
    tfds_name="oxford_iiit_pet",
    url="https://thor.robots.ox.ac.uk/~vgg/data/pets/images.tar.gz",
    class_names=BREEDS,
    generate=partial(draw_labelled_scenes, _make_breeds()),
)
