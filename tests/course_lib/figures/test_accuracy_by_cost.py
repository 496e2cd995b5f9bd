import pytest

from course_lib import figures

NAMES, RIGHT = ["a", "b", "c"], [0.5, 0.7, 0.6]


def test_the_front_is_what_nothing_beats_at_its_cost():
    figure = figures.accuracy_by_cost(NAMES, RIGHT, [10_000, 20_000, 30_000], [3e6, 2e6, 1e6])
    by_parameters, by_products = (axes.lines[0].get_xdata().tolist() for axes in figure.axes)
    assert by_parameters == [10_000, 20_000]  # c has more than b and is worse
    assert by_products == [1e6, 2e6]  # a costs more than both and is worse
    assert [text.get_text() for text in figure.axes[0].texts] == NAMES


def test_a_title_of_ones_own():
    figure = figures.accuracy_by_cost(NAMES, RIGHT, [1, 2, 3], [1, 2, 3], title="Found")
    assert figure.get_suptitle() == "Found"


@pytest.mark.parametrize("costs", [[], [1, 2]])
def test_one_number_for_each_model(costs):
    with pytest.raises(ValueError, match="give one of each for every model"):
        figures.accuracy_by_cost(NAMES, RIGHT, costs, [1, 2, 3])
