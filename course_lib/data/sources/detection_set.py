"""The description of a set of images with a box around each object."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class DetectionSet:
    """Images with boxes.

    Args:
        name: As in `detection(name)`; also the folder in `COURSE_DATA`.
        class_names: What each label stands for; 1 to 3 names, because the stand-in has 3 shapes.
        page: Where to read about the real set; empty if it exists only as synthetic data.
        sizes: Numbers of training and test images in the stand-in, by profile.
        made_of: What the stand-in is, in a few words, for its announcement.

    Example:
        >>> from course_lib.data.sets.scenes import DETECTION
        >>> DETECTION.class_names
        ('square', 'ball', 'triangle')
    """

    name: str
    class_names: tuple[str, ...]
    page: str
    sizes: Mapping[str, tuple[int, int]]
    made_of: str = "synthetic images"
