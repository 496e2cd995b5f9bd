"""Figures of attention: what their titles say, and what they refuse."""

import numpy as np
import pytest

from course_lib import figures


def test_maps_have_a_panel_for_each_head():
    figure = figures.attention_maps(np.full((6, 2, 3), 1 / 3), "ab", "xyz", title="Even")
    shown = [axes for axes in figure.axes if axes.axison]
    assert len(shown) == 6 and shown[4].get_title() == "head 5"
    assert [label.get_text() for label in shown[0].get_xticklabels()] == ["x", "y", "z"]


def test_maps_need_as_many_labels_as_rows_and_columns():
    with pytest.raises(ValueError, match=r"\(heads, 2, 4\)"):
        figures.attention_maps(np.ones((1, 2, 3)), "ab", "wxyz")


def test_codes_that_are_alike_are_said_to_be():
    title = figures.position_codes(np.ones((12, 4))).get_suptitle()
    assert title == "Not each of these codes is most similar to itself"


@pytest.mark.parametrize("results", [{}, {"LSTM": {}}])
def test_accuracy_by_length_needs_a_length(results):
    with pytest.raises(ValueError, match="accuracy_by_length"):
        figures.accuracy_by_length(results)


def test_weight_by_width_needs_a_method():
    with pytest.raises(ValueError, match="weight_by_width"):
        figures.weight_by_width({}, 16)
