"""The animation: its frames, its size, dark ink on white."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from course_lib.figures.save_gif import save_gif


def test_gif_has_every_frame(tmp_path):
    frames = np.zeros((3, 5, 28, 28))
    frames[1, 0] = 1
    frames[2, 4] = 1
    with Image.open(save_gif(frames, tmp_path / "a.gif", columns=4)) as gif:
        assert gif.n_frames == 3
        assert gif.size == (2 * 4 * 30, 2 * 2 * 30)  # two rows of four, with gaps, doubled
        found = []
        for number in range(3):
            gif.seek(number)
            found.append(np.asarray(gif.convert("L")))
    first, second, third = found
    assert first.min() == 255
    assert second[:56, :56].max() == 0 and second[:56, 60:].min() == 255
    assert third[60:116, :56].max() == 0


def test_no_frames_are_rejected(tmp_path):
    with pytest.raises(ValueError, match="SampleRecorder"):
        save_gif([], tmp_path / "a.gif")
