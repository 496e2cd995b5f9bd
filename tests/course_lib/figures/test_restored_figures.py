"""The figures of Lab 14."""

from __future__ import annotations

import numpy as np
import pytest

from course_lib import figures


def test_a_wave_has_its_power_at_its_frequency():
    wave = np.sin(2 * np.pi * np.arange(48) / 8)  # 1/8 cycle per pixel
    figure = figures.radial_spectra({"wave": np.tile(wave, (2, 48, 1))}, "A wave")
    line = figure.axes[0].lines[0]
    assert line.get_xdata()[line.get_ydata().argmax()] == pytest.approx(1 / 8, abs=0.02)


def test_missing_scores_and_other_shapes_are_explained():
    images = np.zeros((2, 8, 8))
    with pytest.raises(ValueError, match="'net' has images of shape"):
        figures.restored_images(images, {"net": images}, {"net": [(30.0, 0.9)]}, "")
    with pytest.raises(ValueError, match="expected \\(n, height, width\\)"):
        figures.radial_spectra({"one": images[0]}, "")
