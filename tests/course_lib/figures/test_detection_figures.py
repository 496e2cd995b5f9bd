"""The figures of Lab 13."""

from __future__ import annotations

import numpy as np
import pytest

from course_lib import figures

IMAGES = np.zeros((2, 8, 8, 3), "uint8")


def test_a_box_is_drawn_at_the_edges_of_its_pixels():
    figure = figures.boxes_on_images(IMAGES, [([[1, 2, 5, 8]], [0]), ([], [])], ["a"], "A box")
    (box,) = figure.axes[0].patches
    assert box.get_xy() == (0.5, 1.5) and (box.get_width(), box.get_height()) == (4, 6)
    assert not figure.axes[1].patches


def test_scores_stand_on_boxes_and_classes_in_the_legend():
    found = [([[1, 2, 5, 8]], [0.875], [1])] * 2
    figure = figures.boxes_on_images(IMAGES, found, ["a", "b"], "A box")
    assert [text.get_text() for text in figure.axes[0].texts] == ["0.88"]
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["a", "b"]


def test_another_number_of_images_is_explained():
    with pytest.raises(ValueError, match="2 images and boxes for 1"):
        figures.boxes_on_images(IMAGES, [([], [])], [], "")


def test_average_precision_is_the_interpolated_area():
    # Hits 1, 0, 1 of two objects: precision 1, 1/2, 2/3 at recall 1/2, 1/2, 1.
    curves = {"a": ([0.5, 0.5, 1], [1, 0.5, 2 / 3]), "b": ([0, 0.5], [0, 0.5])}
    figure = figures.precision_recall(curves)
    labels = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    assert labels == ["a: 0.83", "b: 0.25"]
    assert figure.get_suptitle() == "Largest average precision: a, 0.83"


def test_no_curve_is_explained():
    with pytest.raises(ValueError, match="No curve"):
        figures.precision_recall({})
