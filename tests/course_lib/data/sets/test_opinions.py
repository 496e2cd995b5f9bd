"""Opinions: the parts of a remark agree, with "not" before the opposite."""

import numpy as np

from course_lib import data
from course_lib.data.sets.opinions import BAD, GOOD, LENGTH, PARTS, WORDS, read


def test_all_parts_agree_with_the_label():
    (x, y), _ = data.load("opinions", profile="quick")
    for remark, label in zip(x[:300], y[:300], strict=True):
        parts = read(remark).split(" and ")
        assert len(parts) == PARTS
        for part in parts:
            words = part.split()
            assert words[-2] in (*GOOD, *BAD)
            says_good = (words[-2] in GOOD) != ("not" in words)
            assert says_good == (label == 1)


def test_labels_are_balanced_and_rows_are_filled_at_the_end():
    (x, y), (x_test, y_test) = data.load("opinions", profile="quick")
    assert x.shape == (8000, LENGTH) and x_test.shape == (1000, LENGTH)
    assert y.mean() == y_test.mean() == 0.5
    assert len(set(WORDS)) == len(WORDS) > x.max() and x.min() == 0
    assert np.all(np.diff((x > 0).astype(int), axis=1) <= 0)
