"""The findings and errors of the figures on the network zoo."""

import numpy as np
import pytest

from course_lib import figures
from course_lib.figures.capacity_curve import find_capacity


def test_capacity_lies_between_the_loads_on_either_side():
    assert find_capacity({0.1: 1.0, 0.2: 0.8}) == 0.15
    assert find_capacity({0.3: 0.2, 0.1: 1.0, 0.2: 0.6}) == 0.125
    assert find_capacity({0.1: 0.5}) == 0.1
    assert find_capacity({0.1: 0.95}) is None
    assert "stays above 0.9" in figures.capacity_curve({50: {0.1: 1.0}}).get_suptitle()


def test_energy_that_rises_is_counted():
    figure = figures.energy_descent(np.ones((4, 2, 2)), [-1.0, -3.0, -2.0, -4.0], [0, 1, 2, 3])
    assert figure.get_suptitle() == "The energy falls from -1.0 to -4.0 and rises 1 times"
    assert [axes.get_title() for axes in figure.axes[:-1]] == [f"{n} updates" for n in range(4)]


def test_zoo_counts_kinds_and_draws_all_links():
    figure = figures.network_zoo({"a": [("input", 3), ("output", 2)], "b": [("input", 4)]})
    assert figure.get_suptitle() == "2 networks, made of 2 kinds of cells"
    links = [sum(line.get_linestyle() == "-" for line in axes.lines) for axes in figure.axes]
    assert links == [6, 6]


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: figures.capacity_curve({}), "No overlaps"),
        (
            lambda: figures.energy_descent(np.ones((2, 1, 1)), [1.0], [0, 1]),
            "There are 2 states, 1",
        ),
        (lambda: figures.memory_by_delay({}), "No curve"),
        (lambda: figures.network_zoo({}), "No network"),
        (lambda: figures.network_zoo({"a": [("brain", 1)]}), "'brain' is not a kind of cell"),
        (
            lambda: figures.spike_train([1], [], [0], 1.0, ([1], [0], [0])),
            "1 currents, 0 potentials",
        ),
        (lambda: figures.unfolding_map(np.ones((1, 2)), {}), "No map"),
    ],
    ids=["capacity", "energy", "memory", "no zoo", "unknown cell", "spikes", "map"],
)
def test_missing_values_are_explained(draw, message):
    with pytest.raises(ValueError, match=message):
        draw()
