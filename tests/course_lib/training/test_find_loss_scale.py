"""The loss scale with which a training in float16 begins, and what the search leaves."""

import keras
import numpy as np
import pytest
from keras import layers

from course_lib.training.find_loss_scale import LARGEST, find_loss_scale

RNG = np.random.default_rng(0)
X = RNG.normal(size=(32, 8)).astype("float32")


def compiled(*hidden, loss="mse"):
    model = keras.Sequential([keras.Input((8,)), layers.Dense(8), *hidden, layers.Dense(1)])
    model.compile("sgd", loss)
    return model


def test_the_larger_the_loss_the_smaller_its_scale():
    keras.utils.set_random_seed(0)
    model = compiled(layers.Dense(8))
    found = [find_loss_scale(model, X, factor * X[:, :1]) for factor in (1e-3, 1e2, 1e4, 1e9)]
    assert LARGEST >= found[0] > found[1] > found[2] >= 1
    assert found[3] is None


@pytest.mark.parametrize("weight", [1e5, np.nan])
def test_outputs_that_are_not_finite_have_no_scale(weight):
    constant = keras.initializers.Constant(weight)
    model = compiled(layers.Dense(8, kernel_initializer=constant))
    assert find_loss_scale(model, X, X[:, :1]) is None


@pytest.mark.parametrize(
    "hidden",
    [
        lambda: layers.Dense(8, kernel_regularizer="l2"),
        lambda: layers.Dense(8, activity_regularizer="l2"),
        lambda: layers.BatchNormalization(),
        lambda: layers.Dropout(0.5),
    ],
    ids=["weights with a loss", "outputs with a loss", "batch norm", "dropout"],
)
def test_the_search_changes_nothing(hidden):
    model = compiled(hidden(), layers.Dense(8))
    before = [np.array(variable) for variable in model.variables]
    assert find_loss_scale(model, X, X[:, :1])
    for variable, value in zip(model.variables, before, strict=True):
        np.testing.assert_array_equal(variable, value)
    assert {layer.dtype_policy.name for layer in model.layers} == {"float32"}
