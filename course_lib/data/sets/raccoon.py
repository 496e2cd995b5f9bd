"""Raccoon: photographs of raccoons, most of them with one animal (D. Tran, 2017).

The real images are read from a prepared folder only (`COURSE_DATA/raccoon`). The stand-in shows
the squares of `scenes`.

Labels: 0 raccoon.
"""

from __future__ import annotations

from course_lib.data.sources.detection_set import DetectionSet

DETECTION = DetectionSet(
    name="raccoon",
    class_names=("raccoon",),
    page="https://github.com/datitran/raccoon_dataset",
    sizes={"quick": (160, 40), "full": (800, 200)},
)
