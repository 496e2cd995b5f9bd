"""BCCD: photographs of blood cells under a microscope (Shenggan, 2017).

The real images are read from a prepared folder only (`COURSE_DATA/bccd`). The stand-in shows the
three shapes of `scenes`.

Labels: 0 red blood cell (RBC), 1 white blood cell (WBC), 2 platelets.
"""

from __future__ import annotations

from course_lib.data.sources.detection_set import DetectionSet

DETECTION = DetectionSet(
    name="bccd",
    class_names=("RBC", "WBC", "Platelets"),
    page="https://github.com/Shenggan/BCCD_Dataset",
    sizes={"quick": (200, 70), "full": (1000, 200)},
)
