"""Functions are Keras' own by identity; TensorFlow's stand for those that compute the same."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf

from autograder.engine.wire.keras_functions import (
    _list_activations,
    find_activation,
    is_named_truly,
    ready_to_serialize,
)
from course_lib.testing.layers_of import _list_activations as list_in_course_lib

TWINS = [(twin, own) for twin, own in _list_activations().values() if twin is not own]


def mean_squared_error(y: object, p: object) -> object:
    return keras.ops.mean(y - p)


def softplus(x: object) -> object:
    return x


@pytest.mark.parametrize(("twin", "own"), TWINS, ids=lambda f: f"{f.__module__}.{f.__name__}")
def test_a_function_computes_what_it_stands_for(twin: object, own: object) -> None:
    x = np.linspace(-8, 8, 48).reshape(4, 12).astype("float32")
    arguments = (0.5, 0.1) if own is keras.activations.threshold else ()
    np.testing.assert_allclose(
        twin(tf.constant(x), *arguments), own(x, *arguments), rtol=1e-5, atol=1e-6
    )


def test_there_are_twins_of_both_libraries() -> None:
    for function in (tf.nn.softmax, tf.nn.relu, tf.tanh, tf.sigmoid, tf.exp, keras.ops.elu):
        assert find_activation(function) is not None
    assert find_activation(tf.identity) is keras.activations.linear


@pytest.mark.parametrize(
    "function", [softplus, lambda x: x, keras.ops.gelu, keras.ops.sin, tf.nn.crelu, "relu"]
)
def test_other_functions_stand_for_none(function: object) -> None:
    assert find_activation(function) is None


def test_the_course_library_knows_the_same_functions() -> None:
    assert list_in_course_lib(keras).keys() == _list_activations().keys()


def test_losses_and_metrics_are_keras_own_by_identity() -> None:
    assert is_named_truly(keras.losses.mean_squared_error)
    assert is_named_truly(keras.metrics.categorical_accuracy)
    assert not is_named_truly(mean_squared_error)
    assert not is_named_truly(lambda y, p: p)


def test_layers_are_as_before_afterwards() -> None:
    layer = keras.layers.Dense(2, activation=tf.nn.softmax)
    model = keras.Sequential([keras.Input((3,)), layer])
    model.compile("adam", "mse")
    with ready_to_serialize([model, layer]):
        assert layer.activation is keras.activations.softmax and not model.compiled
    assert layer.activation is tf.nn.softmax and model.compiled
