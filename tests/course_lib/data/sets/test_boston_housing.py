import pytest

from course_lib.data import load
from course_lib.data.sets.boston_housing import COLUMNS


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_mlp_beats_linear_model_beats_mean(seed, price_errors):
    mean, linear, mlp = price_errors(load("boston_housing", "offline", "quick", seed), epochs=150)
    assert linear < 0.6 * mean
    assert mlp < 0.9 * linear


def test_rows_and_ranges_match_the_real_set():
    (x_train, y_train), (x_test, y_test) = load("boston_housing", "offline", "quick")
    assert (len(x_train), len(x_test)) == (404, 102)
    assert y_train.min() >= 5 and y_train.max() == 50
    at = COLUMNS.index
    assert set(x_train[:, at("CHAS")]) == {0, 1}
    assert x_train[:, at("RM")].min() >= 3.5 and x_train[:, at("RM")].max() <= 8.8
    assert x_train[:, at("TAX")].max() <= 711


def test_prepared_real_set_is_split_as_keras_splits_it(real_data, monkeypatch):
    monkeypatch.setenv("COURSE_DATA", str(real_data))
    (x, y), (x_test, _) = load("boston_housing")
    # As in Keras' documentation: seed 113, four fifths for training.
    assert (len(x), len(x_test)) == (404, 102)
    assert x[0].tolist()[:3] == [1.23247, 0.0, 8.14] and y[:3].tolist() == [15.2, 42.3, 50.0]
