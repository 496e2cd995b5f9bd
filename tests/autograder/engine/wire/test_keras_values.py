"""Allowed configurations are rebuilt as the same model; others are refused."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from autograder.engine.wire.keras_config import KerasConfigError, check_keras_config
from autograder.engine.wire.keras_values import (
    model_data,
    object_data,
    rebuild_model,
    rebuild_object,
)


def small_model() -> keras.Model:
    inputs = keras.Input((8, 8, 1))
    x = keras.layers.Conv2D(2, 3, kernel_regularizer="l2")(inputs)
    x = keras.layers.BatchNormalization()(x)
    x = keras.layers.TimeDistributed(keras.layers.Dense(3, activation="gelu"))(x)
    x = keras.layers.Bidirectional(keras.layers.GRU(2))(keras.layers.Reshape((-1, 3))(x))
    inner = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2), keras.layers.Softmax()])
    return keras.Model(inputs, inner(keras.ops.tanh(x) + 1.0))


def test_a_model_is_the_same_afterwards() -> None:
    model = small_model()
    model.layers[1].trainable = False
    rebuilt = rebuild_model(model_data(model))
    x = np.random.default_rng(0).normal(size=(3, 8, 8, 1)).astype("float32")
    np.testing.assert_allclose(
        rebuilt.predict(x, verbose=0), model.predict(x, verbose=0), rtol=1e-5
    )
    assert [layer.name for layer in rebuilt.layers] == [layer.name for layer in model.layers]
    assert not rebuilt.layers[1].trainable


def test_schedules_losses_and_metrics_come_along() -> None:
    model = small_model()
    schedule = keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.5)
    loss = keras.losses.CategoricalCrossentropy(label_smoothing=0.1)
    model.compile(keras.optimizers.SGD(schedule, momentum=0.9), loss, metrics=["accuracy"])
    rebuilt = rebuild_model(model_data(model))
    assert rebuilt.loss.label_smoothing == 0.1
    assert isinstance(rebuilt.optimizer._learning_rate, type(schedule))


def _difference(y: object, p: object) -> object:
    return keras.ops.mean(y - p)


def test_the_students_own_loss_does_not_hide_the_model() -> None:
    model = small_model()
    model.compile("adam", loss=_difference)
    rebuilt = rebuild_model(model_data(model))
    assert rebuilt.count_params() == model.count_params() and not rebuilt.compiled


@pytest.mark.parametrize(
    "value",
    [
        keras.layers.Dense(3),
        keras.initializers.HeNormal(1),
        keras.optimizers.Adam(0.5),
        keras.losses.Huber(),
        keras.layers.RandomFlip("horizontal"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_parts_are_rebuilt(value: object) -> None:
    rebuilt = rebuild_object(object_data(value))
    assert type(rebuilt) is type(value) and rebuilt.get_config() == value.get_config()


@keras.saving.register_keras_serializable("somebody")
class Custom(keras.layers.Dense):
    """A layer that is registered in this process, but is not the course's."""


def function(name: str, module: str) -> dict:
    return {"class_name": "function", "module": module, "config": name, "registered_name": name}


@pytest.mark.parametrize(
    "config",
    [
        keras.saving.serialize_keras_object(keras.layers.Lambda(lambda x: x)),
        keras.saving.serialize_keras_object(Custom(2)),
        keras.saving.serialize_keras_object(keras.layers.TextVectorization()),
        {"class_name": "Dense", "config": {"units": 1}},
        {"class_name": "Dense", "module": "keras.layers", "registered_name": "a>Dense"},
        {"class_name": "Dense", "module": "keras.src.layers.core.lambda_layer"},
        {"class_name": "Popen", "module": "subprocess", "config": {}},
        {"class_name": "load_model", "module": "keras.models", "config": {}},
        {"class_name": "get_file", "module": "keras.utils", "config": {}},
        {"class_name": "__lambda__", "config": {"value": "x"}},
        {"class_name": "__typespec__", "module": "os", "config": []},
        {"class_name": ["Dense"], "module": "keras.layers"},
        {"deep": [[{"class_name": "LambdaCallback", "module": "keras.callbacks"}]]},
        {"weights": np.zeros(3)},
        {1: 2},
        function("system", "os"),
        function("get_file", "keras.utils"),
        function("Custom", "builtins") | {"config": ["x"]},
    ],
    ids=str,
)
def test_what_is_not_keras_own_is_refused(config: dict) -> None:
    with pytest.raises(KerasConfigError):
        check_keras_config(config)


@pytest.mark.parametrize("weights", [[], [np.zeros(3)], "no", [np.array("x")] * 10])
def test_weights_must_fit(weights: object) -> None:
    data = model_data(keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]))
    with pytest.raises(KerasConfigError, match="weights"):
        rebuild_model({**data, "weights": weights})
