"""Photographs of cats and dogs.

The stand-in teaches the lesson of transfer learning as far as synthetic images can: *a few hundred
images of objects at any place and size are too few to learn features from.* Its cats and dogs are
those of the CIFAR-10 stand-in, larger.
"""

from __future__ import annotations

from functools import partial

from course_lib.data.sets.cifar10 import OBJECTS
from course_lib.data.sources.photograph_set import PhotographSet
from course_lib.data.synthetic.draw_labelled_scenes import draw_labelled_scenes

PHOTOGRAPHS = PhotographSet(
    name="cats_vs_dogs",
    tfds_name="cats_vs_dogs",
    url="https://download.microsoft.com/download/3/E/1/3E1C3F21-ECDB-4869-8368-6DEBA77B919F/"
    "kagglecatsanddogs_5340.zip",
    class_names=("cat", "dog"),
    generate=partial(draw_labelled_scenes, (OBJECTS["cat"], OBJECTS["dog"])),
)
