"""Short reviews: a bag of words is no better than guessing, and order decides."""

import numpy as np
import pytest

from course_lib import data
from course_lib.data.sets.short_reviews import WORDS, read


def make_bag(x):
    bag = np.zeros((len(x), len(WORDS)))
    np.put_along_axis(bag, x, 1, axis=1)
    bag[:, 0] = 1  # the bias
    return bag


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_bag_of_words_guesses(seed):
    (x, y), (x_test, y_test) = data.load("short_reviews", profile="quick", seed=seed)
    weights = np.linalg.lstsq(make_bag(x), 2 * y - 1, rcond=None)[0]
    accuracy = np.mean((make_bag(x_test) @ weights > 0) == y_test)
    assert 0.43 < accuracy < 0.57


def test_the_adjective_that_is_not_negated_decides():
    from course_lib.data.sets.imdb import NEGATIVE, POSITIVE

    (x, y), _ = data.load("short_reviews", profile="quick")
    for review, mood in zip(x[:200], y[:200], strict=True):
        words = read(review).split()
        after = words[words.index("not") + 1]
        others = [word for word in words if word in {*POSITIVE, *NEGATIVE} and word != after]
        assert len(others) == 1 and (others[0] in POSITIVE) == (mood == 1)
        assert (after in POSITIVE) != (mood == 1)


def test_words_are_numbered_once_and_rows_are_filled_at_the_end():
    (x, _), _ = data.load("short_reviews", profile="quick")
    assert len(set(WORDS)) == len(WORDS) > x.max() and x.min() == 0
    assert np.all(np.diff((x > 0).astype(int), axis=1) <= 0)
