"""Cells: grey images of cells that touch, with a number for every cell.

It exists only as synthetic data, whatever the source: the published sets of touching cells may not
be passed on. Its lesson is that of Ronneberger et al. 2015: *where a pixel belongs takes both what
is around it and where exactly it is*. A network without skip connections blurs the borders, and
one whose loss does not weigh the borders merges cells that touch.

Labels: 0 background, 1, 2, … the cells of an image. One cell is connected; a line of background
separates it from the next one.
"""

from __future__ import annotations

from course_lib.data.sources.segmentation_set import SegmentationSet
from course_lib.data.synthetic.draw_cells import draw_cells

SEGMENTATION = SegmentationSet(
    name="cells",
    channels=1,
    page="",
    sizes={"quick": (300, 100), "full": (1500, 300)},
    generate=draw_cells,
)
