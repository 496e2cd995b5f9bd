"""Tunes: the rules of the corpus, and reading any text."""

import pytest

from course_lib import data
from course_lib.data.tunes import SCALE


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_every_tune_keeps_the_rules(seed):
    for tune in data.tunes(100, seed):
        bars = data.read_tune(tune)
        assert [sum(length for _, length in bar) for bar in bars] == [6] * 8
        assert bars[4:6] == bars[:2] and tune.endswith(" G3|]")
        assert set(tune) <= set(SCALE) | set("23 |]")


def test_another_seed_writes_other_tunes():
    assert data.tunes(20, 1) == data.tunes(20, 1) != data.tunes(20, 2)


@pytest.mark.parametrize(
    ("tune", "bars"), [("", []), ("3||G", [[], [], [(3, 1)]]), ("G2 x!|]", [[(3, 2)]])]
)
def test_any_text_is_read(tune, bars):
    assert data.read_tune(tune) == bars
