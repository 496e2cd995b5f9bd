"""Scenes: colour images of squares, balls and triangles, two to five in each.

It exists only as synthetic data, whatever the source. Its lesson is that of Redmon et al. 2016:
*one look at the image is enough to say what is there and where*. Objects differ in size and colour,
and one can hide part of another, so that a window that slides over the image is slow, and a box
that fits one object often contains part of another.

Labels: 0 square, 1 ball, 2 triangle.
"""

from __future__ import annotations

from course_lib.data.sources.detection_set import DetectionSet

DETECTION = DetectionSet(
    name="scenes",
    class_names=("square", "ball", "triangle"),
    page="",
    sizes={"quick": (600, 150), "full": (3000, 400)},
)
