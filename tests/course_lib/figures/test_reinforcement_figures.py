"""The findings of Lab 15's figures, and what they say about wrong input."""

from __future__ import annotations

import pytest

from course_lib import figures

BOARDS = [[1, 1, 0, -1, -1, 0, 0, 0, 0], [0, 0, 0, 0, -1, 0, 0, 0, 0]]
FIRST, SECOND = [0, 0, 8, 0, 0, 1, 0, 0, 0], [1, 0, 0, 0, 0, 0, 0, 0, 8]


def test_the_search_is_compared_with_the_network_where_a_move_is_possible():
    # The network's favourite of the second board is taken, so its next one, cell 0, counts.
    priors = [[0, 0, 1, 0, 0, 0, 0, 0, 0], [0.3, 0, 0, 0, 0.6, 0, 0, 0, 0.1]]
    figure = figures.search_counts(BOARDS, priors, [FIRST, SECOND])
    assert figure.get_suptitle() == "Search and network prefer the same move on 1 of 2 boards"


def test_the_median_is_that_of_the_last_point():
    runs = [[0, 5.0], [9, 1.0], [9, 2.0]]
    figure = figures.curves_with_spread({"PPO": runs}, [1, 2])
    assert figure.get_suptitle() == "At the end, median of 3 runs: PPO 2"
    band = figure.axes[0].collections[0].get_paths()[0].vertices[:, 1]
    assert (band.min(), band.max()) == (0, 9)


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: figures.policy_arrows([0], [0.0], ["SF"]), "There are 2 cells"),
        (lambda: figures.curves_with_spread({"a": [[1.0]]}, [1, 2]), "'a' have the shape"),
        (lambda: figures.search_counts(BOARDS, BOARDS, [FIRST]), "expected \\(n, 9\\)"),
    ],
    ids=["arrows", "curves", "boards"],
)
def test_wrong_input_is_explained(draw, message):
    with pytest.raises(ValueError, match=message):
        draw()
