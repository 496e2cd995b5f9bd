"""The probe tells models apart, and is not made where it would take long."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from autograder.engine.wire.keras_probe import are_same_outputs, probe_model

L = keras.layers


def make(*layers: Any, shape: tuple[int | None, ...] = (4,)) -> keras.Model:
    return keras.Sequential([keras.Input(shape), *layers])


@pytest.mark.parametrize(
    "model",
    [
        make(L.Dense(3)),
        make(L.Conv2D(2, 3), shape=(None, None, 3)),
        make(L.Embedding(5, 2), L.Flatten(), shape=(6,)),
        make(L.Dropout(0.5), L.BatchNormalization()),
    ],
)
def test_it_is_the_same_each_time(model: keras.Model) -> None:
    first = probe_model(model)
    assert first is not None and are_same_outputs(first, probe_model(model))


@pytest.mark.parametrize(
    "model",
    [
        keras.Sequential([L.Dense(3)]),
        make(L.LSTM(2), shape=(5, 2)),
        make(L.Conv2D(64, 3), L.Conv2D(64, 3), shape=(256, 256, 3)),
        make(*[L.ReLU() for _ in range(40)]),
        make(L.MaxPooling2D(16), L.MaxPooling2D(16), shape=(None, None, 3)),
    ],
)
def test_some_models_have_none(model: keras.Model) -> None:
    assert probe_model(model) is None


def test_another_function_or_weight_is_seen() -> None:
    one, other = make(L.Dense(3)), make(L.Dense(3))
    assert not are_same_outputs(probe_model(one), probe_model(other))
    other.set_weights(one.get_weights())
    assert are_same_outputs(probe_model(one), probe_model(other))
    other.layers[0].activation = keras.activations.tanh
    assert not are_same_outputs(probe_model(one), probe_model(other))


@pytest.mark.parametrize(
    "given",
    [None, "no", 3, [], [1.0], [np.ones(3)], [np.full((1, 2), "x")], [np.ones((1, 2))] * 2],
    ids=str,
)
def test_what_is_not_a_probe_differs(given: Any) -> None:
    assert not are_same_outputs(given, [np.ones((1, 2), "float32")])


def test_missing_numbers_agree_with_missing_numbers() -> None:
    wanted = [np.array([[1.0, np.nan, np.inf]], "float32")]
    assert are_same_outputs([wanted[0].copy()], wanted)
    assert not are_same_outputs([np.ones((1, 3))], wanted)
