import pytest

from course_lib.data import load
from course_lib.data.sets.california_housing import COLUMNS


@pytest.mark.slow
def test_mlp_beats_linear_model_beats_mean(price_errors):
    mean, linear, mlp = price_errors(load("california_housing", "offline", "quick"), epochs=20)
    assert linear < 0.75 * mean
    assert mlp < 0.85 * linear


def test_columns_have_the_order_of_the_census_table():
    (x, y), _ = load("california_housing", "offline", "quick")
    assert COLUMNS[0] == "longitude" and x[:, 0].min() > -124.5 and x[:, 0].max() < -114
    assert COLUMNS[1] == "latitude" and x[:, 1].min() > 32 and x[:, 1].max() < 42.1
    assert y.max() == 500_001
