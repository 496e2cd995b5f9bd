"""Figures of Lab 10: what their titles say, and input that they refuse."""

import pytest

from course_lib import figures


def test_gates_need_series_of_one_length():
    with pytest.raises(ValueError, match="the lengths are 1, 2"):
        figures.gate_activity({"x": [1, 0]}, {"forget": [0, 1]}, [0.5])
    with pytest.raises(ValueError, match="needs inputs"):
        figures.gate_activity({}, {"forget": [0, 1]}, [0.5, 0.5])


@pytest.mark.parametrize(
    ("cell", "kept"), [([0, 0.8, 0.8, 0.8, -0.5], 3), ([1, -1, 1], 1), ([0.0], 1)]
)
def test_the_longest_run_is_counted(cell, kept):
    some = [0] * len(cell)
    title = figures.gate_activity({"x": some}, {"forget": some}, cell).get_suptitle()
    assert title == f"The cell state hardly changes for {kept} steps"


def test_forecasts_of_another_length_are_refused():
    with pytest.raises(ValueError, match="'linear' has 1 steps, and 2 values came"):
        figures.forecasts([1], [2, 3], {"linear": [2]}, "°C")
    with pytest.raises(ValueError, match="No method"):
        figures.forecasts([1], [2], {}, "°C")


@pytest.mark.parametrize("norms", [{}, {"RNN": {}}, {"RNN": {1: 0.0}}])
def test_no_gradient_is_explained(norms):
    with pytest.raises(ValueError, match="No gradient"):
        figures.gradient_by_length(norms)


@pytest.mark.parametrize("errors", [{}, {"linear": []}])
def test_no_error_is_explained(errors):
    with pytest.raises(ValueError, match="No errors"):
        figures.error_by_horizon(errors, "°C", "days")


def test_bars_that_are_too_long_or_too_short_are_counted():
    figure = figures.piano_roll({"T = 1": "G3 G3|GGG G|G3 G3 G|", "T = 2": ""})
    assert figure.get_suptitle() == "Bars without six eighths: T = 1 2 of 3, T = 2 0 of 0"
    with pytest.raises(ValueError, match="No tune"):
        figures.piano_roll({})
