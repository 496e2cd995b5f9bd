"""The small one-pass detector."""

from __future__ import annotations

import numpy as np
import pytest

from course_lib.models import yolo


@pytest.mark.parametrize("size", [(64, 64), (96, 40)])
def test_a_cell_for_every_eight_pixels(size):
    model = yolo(classes=4, boxes=3, filters=(2, 2, 2), last=(4,))
    grid = np.asarray(model(np.ones((2, *size, 3), "float32")))
    assert grid.shape == (2, size[0] // 8, size[1] // 8, 5 * 3 + 4)
    assert grid.min() >= 0 and grid.max() <= 1


def test_the_output_of_the_paper():
    """Redmon et al. 2016, §2: for PASCAL VOC, S = 7, B = 2, C = 20: 7 × 7 × 30."""
    model = yolo(20, 2, filters=(2,) * 6, last=(), input_shape=(448, 448, 3))
    assert model.output_shape == (None, 7, 7, 30)


def test_wrong_sizes_are_explained():
    with pytest.raises(ValueError, match="boxes"):
        yolo(boxes=0)
    with pytest.raises(TypeError, match="filters is 8"):
        yolo(filters=8)
