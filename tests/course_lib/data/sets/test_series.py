"""Time series: the lesson of the stand-ins, prepared files, and files that are damaged."""

import numpy as np
import pytest

from course_lib import data
from course_lib.data.registry import find_series


def find_errors(name: str, seed: int, steps: int, ahead: int) -> dict[str, np.ndarray]:
    """Return the mean absolute error of simple forecasts, one step and `ahead` steps ahead."""
    described = find_series(name)
    _, values = described.stand_in(seed)
    (x, y), (x_test, y_test), _, _ = data.split_windows(values, 0.8, steps, ahead)
    ones = [np.concatenate([w[:, :, 0], np.ones((len(w), 1))], axis=1) for w in (x, x_test)]
    forecasts = {
        "persistence": x_test[:, -1],
        "seasonal": x_test[:, steps - described.period :, 0][:, :ahead],
        "linear": ones[1] @ np.linalg.lstsq(ones[0], y, rcond=None)[0],
    }
    return {
        method: np.abs(forecast - y_test).mean(axis=0)[[0, -1]]
        for method, forecast in forecasts.items()
    }


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_season_helps_a_month_ahead_and_not_a_day_ahead(seed):
    errors = find_errors("temperatures", seed, steps=365, ahead=30)
    assert errors["persistence"][0] < 0.9 * errors["seasonal"][0]
    assert errors["seasonal"][1] < errors["persistence"][1]
    assert errors["linear"][1] < 0.9 * min(errors["seasonal"][1], errors["persistence"][1])


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_linear_model_is_the_best_simple_forecast_of_sunspots(seed):
    errors = find_errors("sunspots", seed, steps=132, ahead=12)
    assert errors["linear"][1] < 0.9 * errors["persistence"][1] < errors["seasonal"][1]


def test_the_stand_in_has_weak_and_strong_cycles():
    _, values = find_series("sunspots").stand_in()
    by_decade = values[: 132 * 21].reshape(21, 132).max(axis=1)
    assert values.min() == 0 and by_decade.max() > 2 * by_decade.min()


@pytest.fixture
def prepare(tmp_path, monkeypatch):
    """Return a function that writes a prepared file."""
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    return lambda text: (tmp_path / "sunspots.csv").write_text(text, encoding="utf-8")


def test_a_prepared_series_is_read_and_announced(prepare, capsys):
    prepare('"Month","Sunspots"\n"1749-01",58.0\n"1749-02",62.6\n\n')
    months, spots = data.series("sunspots", "real")
    assert [str(month) for month in months] == ["1749-01", "1749-02"]
    assert spots.tolist() == [58.0, 62.6]
    assert "is prepared data from" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Month,Sunspots\n1749-01,many\n", "line 2: '1749-01,many' is not a time and a number"),
        ("Month,Sunspots\n1749-01\n", "line 2"),
        ("Month,Sunspots\nJanuary,58\n", "line 2"),
        ("Month,Sunspots\n1749-01,nan\n", "line 2"),
        ("Month,Sunspots\n1749-01,5\n\n1748-12,6\n", "line 4: 1748-12 follows 1749-01"),
        ("Month,Sunspots\n", "has no values"),
        ("", "has no values"),
    ],
    ids=["word", "one column", "no date", "nan", "backwards", "head only", "empty"],
)
def test_a_damaged_file_is_explained(prepare, text, reason):
    prepare(text)
    with pytest.raises(data.DataError, match=reason):
        data.series("sunspots")


def test_a_missing_series_is_explained(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    with pytest.raises(data.DataError, match=r"there is no .*temperatures\.csv"):
        data.series("temperatures", "real")
    with pytest.raises(ValueError, match="There is no series 'rain'"):
        data.series("rain")


def test_windows_that_do_not_fit_are_explained():
    with pytest.raises(ValueError, match="don't fit into 4 values"):
        data.split_windows(np.arange(20.0), 0.8, 4, 2)


def test_no_window_has_values_of_both_sets():
    train, test, mean, deviation = data.split_windows(np.arange(40.0), 0.5, 3, 2)
    back = [np.round(deviation * y + mean) for _, y in (train, test)]
    assert back[0].max() == 19 and test[0].min() * deviation + mean == pytest.approx(20, abs=1e-4)
