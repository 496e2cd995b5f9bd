"""The figures of Lab 09."""

from __future__ import annotations

import numpy as np
import pytest

from course_lib import figures
from course_lib.figures.palette import GREEN, RED

SQUARE = np.zeros((2, 6, 6), int)
SQUARE[:, 1:4, 1:4] = 1


def read_colour(text):
    return np.array([int(text[at : at + 2], 16) for at in (1, 3, 5)]) / 255


def test_right_pixels_are_green_wrong_ones_red_and_missed_ones_light():
    moved = np.roll(SQUARE, 1, axis=2)
    figure = figures.mask_overlays(np.zeros((2, 6, 6)), SQUARE, {"moved": moved}, "Moved")
    shown = figure.axes[2].images[0].get_array()
    np.testing.assert_allclose(shown[2, 2], 0.65 * read_colour(GREEN), atol=1e-6)
    np.testing.assert_allclose(shown[2, 4], 0.65 * read_colour(RED), atol=1e-6)
    np.testing.assert_allclose(shown[2, 1], 0.65 * np.ones(3), atol=1e-6)
    np.testing.assert_allclose(shown[0, 0], 0)


def test_masks_of_another_shape_are_explained():
    with pytest.raises(ValueError, match="'net' have the shape"):
        figures.mask_overlays(SQUARE, SQUARE, {"net": SQUARE[:1]}, "")
    with pytest.raises(ValueError, match="weights have the shape"):
        figures.pixel_weights(SQUARE, SQUARE[:1])


def test_counted_cells_counts_numbers_and_not_pixels():
    figure = figures.counted_cells(SQUARE[0], {"found": 7 * SQUARE[0], "none": 0 * SQUARE[0]}, "")
    titles = [axes.get_title() for axes in figure.axes]
    assert titles == ["image", "found: 1", "none: 0"]


def test_scores_by_region_names_the_largest_difference():
    scores = {"with": {"all": 0.9, "border": 0.8}, "without": {"all": 0.85, "border": 0.6}}
    title = figures.scores_by_region(scores).get_suptitle().replace("\n", " ")
    assert title == "The largest difference: border, where with reaches 0.80 and without 0.60"
    with pytest.raises(ValueError, match="two or more networks"):
        figures.scores_by_region({"with": {"all": 0.9}})
