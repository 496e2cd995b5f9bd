"""Recurrent networks: parameters by formula, shapes, and the gates of an LSTM against Keras."""

import keras
import numpy as np
import pytest

from course_lib.models import CELLS, lstm_gates, recurrent, recurrent_parameters


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize(("features", "units"), [(1, 1), (3, 5), (100, 100)])
def test_formula_counts_what_keras_has(cell, features, units):
    layer = CELLS[cell].layer(units)
    layer.build((None, None, features))
    assert layer.count_params() == recurrent_parameters(cell, features, units)


def test_the_papers_own_lstm_of_text():
    # Zaremba, Sutskever & Vinyals 2014, section 4.1: "the medium LSTM has 650 units per layer";
    # its two layers and its two tables of 10,000 words have about 20 million parameters.
    layers = 2 * recurrent_parameters("lstm", 650, 650)
    assert layers == 6_765_200 and round((layers + 2 * 650 * 10_000 + 10_000) / 1e6) == 20


@pytest.mark.parametrize("cell", CELLS)
def test_any_number_of_steps_and_layers(cell):
    last = recurrent(cell, (4, 3), features=2, outputs=5)
    each = recurrent(cell, (4,), features=2, outputs=5, at_each_step=True)
    for steps in (1, 7):
        x = np.ones((2, steps, 2), "float32")
        assert last(x).shape == (2, 5) and each(x).shape == (2, steps, 5)


def test_mistakes_are_explained():
    with pytest.raises(ValueError, match="Unknown cell 'rnn'. There are: simple, lstm, gru"):
        recurrent("rnn")
    with pytest.raises(TypeError, match=r"write a tuple, \(8,\)"):
        recurrent("gru", units=8)
    with pytest.raises(ValueError, match=r"expected \(steps, 2\)"):
        lstm_gates(np.ones((4, 3)), [np.ones((2, 8)), np.ones((2, 8)), np.ones(8)])


def test_gates_lead_to_the_state_that_keras_returns():
    keras.utils.set_random_seed(1)
    layer = keras.layers.LSTM(5, return_sequences=True, return_state=True)
    x = np.random.default_rng(0).normal(size=(9, 3))
    states, _, cell = layer(x[None].astype("float32"))
    gates = lstm_gates(x, layer.get_weights())
    np.testing.assert_allclose(gates["state"], states[0], atol=1e-5)
    np.testing.assert_allclose(gates["cell"][-1], cell[0], atol=1e-5)
    assert all(0 < gates[name].min() < gates[name].max() < 1 for name in ("input", "forget"))
