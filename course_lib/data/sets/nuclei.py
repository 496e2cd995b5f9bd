"""Nuclei: microscope images with a mask of all nuclei (Data Science Bowl 2018).

The real images are read from a prepared folder only (`COURSE_DATA/nuclei`); their masks do not tell
one nucleus from the next. The stand-in shows the synthetic `cells`, all with the label 1.

Labels: 0 background, 1 nucleus.
"""

from __future__ import annotations

import numpy as np

from course_lib.data.sources.dataset import Examples
from course_lib.data.sources.segmentation_set import SegmentationSet
from course_lib.data.synthetic.draw_cells import draw_cells


def _draw_nuclei(n: int, size: int, rng: np.random.Generator) -> Examples:
    images, cells = draw_cells(n, size, rng)
    return images, (cells > 0).astype("uint8")


SEGMENTATION = SegmentationSet(
    name="nuclei",
    channels=1,
    page="https://bbbc.broadinstitute.org/BBBC038",
    sizes={"quick": (200, 60), "full": (1000, 200)},
    generate=_draw_nuclei,
    read_mask=lambda pixels: pixels > 127,
)
