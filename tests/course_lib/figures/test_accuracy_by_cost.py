import pytest

from course_lib import figures

NAMES, ACCURACIES = ["a", "b", "c"], [0.5, 0.7, 0.6]


def test_front_has_the_models_that_no_cheaper_one_beats():
    figure = figures.accuracy_by_cost(NAMES, ACCURACIES, [10_000, 20_000, 30_000], [3e6, 2e6, 1e6])
    by_parameters, by_multiply_adds = (axes.lines[0].get_xdata().tolist() for axes in figure.axes)
    assert by_parameters == [10_000, 20_000]  # c has more than b and is worse
    assert by_multiply_adds == [1e6, 2e6]  # a costs more than both and is worse
    assert [text.get_text() for text in figure.axes[0].texts] == NAMES


def test_own_title():
    figure = figures.accuracy_by_cost(NAMES, ACCURACIES, [1, 2, 3], [1, 2, 3], title="Found")
    assert figure.get_suptitle() == "Found"


@pytest.mark.parametrize("costs", [[], [1, 2]])
def test_missing_numbers_are_explained(costs):
    with pytest.raises(ValueError, match="pass one of each for every model"):
        figures.accuracy_by_cost(NAMES, ACCURACIES, costs, [1, 2, 3])
