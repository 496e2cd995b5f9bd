"""Lab 10: its statements hold on three seeds."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops

from course_lib.data.registry import find_series
from tests.labs.answered import answered


@pytest.fixture(scope="module")
def lab():
    """Return the names that the lab's solution defines, without its tests and trainings."""
    names = {"__name__": "__main__"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSE_PROFILE", "quick")
        patch.delenv("COURSE_DATA", raising=False)
        for source, question, tests in answered("10_recurrent_networks", {}):
            start = source.lstrip()
            if tests or not (
                question or start.startswith(("import os", "months", "def errors_by", "def state"))
            ):
                continue
            if question in ("forecast", "reviews"):
                source = source.split("\nforecaster =")[0].split("\nreader =")[0]
            source = source.split("\nerrors =")[0].split("\nkeras.utils.set_random_seed(1)\nnorms")[
                0
            ]
            exec(compile(source.replace("10, 20, 50)", "20)"), question or "cell", "exec"), names)
    return names


@pytest.mark.slow
def test_direct_and_recursive_forecasts_beat_the_baselines_on_the_stand_in(lab, seed):
    data = lab["data"]
    _, spots = find_series("sunspots").stand_in()
    split = data.split_windows(spots, 0.8, 132, 12)
    (x, y), (x_test, y_test), _, deviation = split
    keras.utils.set_random_seed(seed)
    model = keras.Sequential(
        [keras.Input((None, 1)), keras.layers.LSTM(24), keras.layers.Dense(12)]
    )
    model.compile(keras.optimizers.Adam(1e-2), "mean_absolute_error")
    lab["fit"](model, x[:, -48:], y, epochs=10, batch_size=64, verbose=False)
    baselines = lab["compare_baselines"](split, 132)
    best = min(by_step[-1] for by_step in baselines.values())
    assert best == baselines["linear"][-1]
    recent = x_test[:, -48:]
    for forecast in (ops.convert_to_numpy(model(recent)), lab["recursive"](model, recent, 12)):
        assert lab["errors_by_step"](forecast, y_test, deviation)[-1] < 0.93 * best


def test_gradients_vanish_explode_and_survive_as_the_lab_says(lab, seed):
    keras.utils.set_random_seed(seed)
    measure, layers = lab["measure_gradients"], keras.layers
    left = {
        name: norms[20] / norms[1]
        for name, norms in {
            "small": measure(layers.SimpleRNN(16), 0.7),
            "orthogonal": measure(layers.SimpleRNN(16)),
            "large": measure(layers.SimpleRNN(16), 1.5),
            "GRU": measure(layers.GRU(16)),
            **{b: measure(layers.LSTM(16), forget_bias=b) for b in (0, 1, 5)},
        }.items()
    }
    assert left["small"] < 0.01 and left["orthogonal"] > 0.1 and left["large"] > 2
    assert left["GRU"] < 0.01 and left[0] < 0.1 * left[1] < left[5] and left[5] > 0.5


def test_own_cells_equal_the_layers_of_keras(lab):
    x = np.random.default_rng(0).normal(size=(4, 9, 3)).astype("float32")
    for own, cell in (("simple_rnn", "SimpleRNN"), ("gru", "GRU"), ("lstm", "LSTM")):
        layer = getattr(keras.layers, cell)(5, return_sequences=True)
        states = layer(x)
        found = lab[own](x, *layer.get_weights())
        np.testing.assert_allclose(found[0] if own == "lstm" else found, states, atol=1e-5)
