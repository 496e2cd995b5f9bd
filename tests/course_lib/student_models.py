"""Models as students write them: which come to the grader by value, and what is said of others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf

L = keras.layers
INPUT = (4,)


def stack(*layers: Any) -> keras.Model:
    return keras.Sequential([keras.Input(INPUT), *layers, L.Dense(2)])


def functional(*layers: Any) -> keras.Model:
    inputs = x = keras.Input(INPUT)
    for layer in layers:
        x = layer(x)
    return keras.Model(inputs, L.Dense(2)(x))


def narrow(layer: Any) -> keras.Model:
    """A nested model from 3 numbers to 3."""
    return keras.Sequential([keras.Input((3,)), layer, L.Dense(3)])


def called(model: keras.Model) -> keras.Model:
    model(np.ones((2, *INPUT), "float32"))
    return model


def fitted() -> keras.Model:
    model = keras.Sequential([L.Dense(3, activation="relu"), L.Dense(2)])
    model.compile("adam", "mse")
    model.fit(np.ones((8, *INPUT)), np.ones((8, 2)), verbose=0)
    return model


def normalised() -> keras.Model:
    layer = L.Normalization()
    layer.adapt(100 * np.random.default_rng(0).random((64, 4)))
    return stack(layer)


def discretised() -> keras.Model:
    layer = L.Discretization(num_bins=4)
    layer.adapt(np.random.default_rng(0).random((64, 4)))
    return stack(layer, L.Rescaling(0.5))


def shared() -> keras.Model:
    left, right, layer = keras.Input(INPUT), keras.Input(INPUT), L.Dense(3)
    both = L.Concatenate()([layer(left), layer(right)])
    return keras.Model([left, right], [L.Dense(1)(both), L.Dense(2)(both)])


def operators() -> keras.Model:
    inputs = keras.Input(INPUT)
    x = keras.ops.relu(2 * L.Dense(3)(inputs) + 1.0)
    return keras.Model(inputs, keras.ops.mean(x, axis=-1, keepdims=True) - x[:, :1])


def compiled_with(**arguments: Any) -> keras.Model:
    model = stack()
    model.compile(**arguments)
    return model


def leaky_relu(x: Any) -> Any:
    return x * 0


def relu(x: Any) -> Any:
    return keras.ops.maximum(x, 0)


# The lie that Keras writes into configurations: its own functions are "builtins".
relu.__module__ = "builtins"


class Twice(L.Layer):
    def call(self, x: Any) -> Any:
        return 2 * x


class Dense(L.Dense):
    """It is called as Keras' own."""

    def call(self, x: Any) -> Any:
        return 0 * super().call(x)


class Cell(L.Layer):
    state_size = 2

    def call(self, x: Any, states: Any) -> Any:
        return x[:, :2], states


class Shrink(keras.regularizers.Regularizer):
    def __call__(self, x: Any) -> Any:
        return keras.ops.sum(x)


class Double(keras.Operation):
    def call(self, x: Any) -> Any:
        return 2 * x

    def compute_output_spec(self, x: Any) -> Any:
        return keras.KerasTensor(x.shape, x.dtype)


class Net(keras.Model):
    def __init__(self, units: int = 2) -> None:
        super().__init__()
        self.hidden, self.out = L.Dense(3, activation="relu"), L.Dense(units)

    def call(self, x: Any) -> Any:
        return self.out(self.hidden(x))


class Stack(keras.Sequential):
    """A Sequential of the student's own class."""


# Each is made anew for a test, under the name of what is special.
BY_VALUE: dict[str, Callable[[], keras.Model]] = {
    "sequential": lambda: stack(L.Dense(3, activation="relu")),
    "not built": lambda: keras.Sequential([L.Dense(3), L.Dense(2)]),
    "not built around a built one": lambda: keras.Sequential([stack(), L.Dense(2)]),
    "built by a call": lambda: called(keras.Sequential([L.Dense(3), L.Dense(2)])),
    "built by fit": fitted,
    "functional": lambda: functional(L.Dense(3, activation="tanh")),
    "nested": lambda: functional(L.Dense(3), narrow(L.Dense(4)), narrow(L.ReLU())),
    "several inputs and outputs": shared,
    "operators": operators,
    "adapted normalization": normalised,
    "adapted discretization": discretised,
    "normalization with an array": lambda: stack(
        L.Normalization(mean=np.arange(4.0), variance=np.ones(4))
    ),
    "batch normalization": lambda: stack(L.BatchNormalization(), L.Dropout(0.5)),
    "tf.nn.softmax": lambda: stack(L.Dense(3, activation=tf.nn.softmax)),
    "tf.tanh in a cell": lambda: stack(
        L.Reshape((2, 2)), L.LSTM(3, activation=tf.tanh, recurrent_activation=tf.sigmoid)
    ),
    "keras.ops.relu": lambda: stack(L.Activation(keras.ops.relu)),
    "a layer as activation": lambda: stack(L.Dense(3, activation=L.LeakyReLU(0.3))),
    "a rate of NumPy": lambda: stack(L.Dropout(np.float32(0.5))),
    "a scale of NumPy": lambda: stack(L.Rescaling(np.float32(1 / 255))),
    "a shape of TensorFlow": lambda: keras.Sequential(
        [keras.Input(tf.zeros((3, 4)).shape[1:]), L.Dense(2)]
    ),
    "a regularizer and an initializer": lambda: stack(
        L.Dense(3, "relu", kernel_regularizer="l2", kernel_initializer=keras.initializers.Ones())
    ),
    "frozen": lambda: stack(L.Dense(3, trainable=False)),
    "a loss function": lambda: compiled_with(
        optimizer="adam",
        loss=keras.losses.mean_squared_error,
        metrics=[keras.metrics.mean_absolute_error],
    ),
    "an own loss": lambda: compiled_with(optimizer="adam", loss=lambda y, p: p - y),
    "an own loss inside": lambda: functional(compiled_with(optimizer="adam", loss=lambda y, p: p)),
    "mixed precision": lambda: stack(L.Dense(3, dtype="mixed_float16")),
}
CALLED: dict[str, tuple[Callable[[], keras.Model], str]] = {
    "subclassed": (lambda: called(Net()), "is a subclassed model (class Net)"),
    "a subclassed Sequential": (
        lambda: Stack([keras.Input(INPUT), L.Dense(2)]),
        "is a subclassed model (class Stack)",
    ),
    "Lambda": (
        lambda: stack(L.Lambda(lambda x: 2 * x, name="scale")),
        "contains a Lambda layer ('scale')",
    ),
    "Lambda inside": (
        lambda: functional(stack(L.Lambda(lambda x: 2 * x, name="deep"))),
        "contains a Lambda layer ('deep')",
    ),
    "own layer": (
        lambda: stack(Twice(name="twice")),
        "contains a layer of your own class Twice ('twice')",
    ),
    "own layer, not built": (
        lambda: keras.Sequential([Twice(name="twice")]),
        "contains a layer of your own class Twice ('twice')",
    ),
    "own layer called as Keras' own": (
        lambda: stack(Dense(3, name="mine")),
        "contains a layer of your own class Dense ('mine')",
    ),
    "own layer in a wrapper": (
        lambda: stack(L.Reshape((4, 1)), L.TimeDistributed(Twice(name="each")), L.Flatten()),
        "contains a layer of your own class Twice ('each')",
    ),
    "own cell": (
        lambda: stack(L.Reshape((2, 2)), L.RNN(Cell(name="cell"))),
        "contains a layer of your own class Cell ('cell')",
    ),
    "subclassed inside": (
        lambda: functional(Net()),
        "contains a layer of your own class Net",
    ),
    "own operation": (
        lambda: functional(Double(name="double")),
        "contains a layer of your own class Double ('double')",
    ),
    "lambda as activation": (
        lambda: stack(L.Dense(3, activation=lambda x: x, name="hidden")),
        "uses `<lambda>` as activation in the layer 'hidden', which is not Keras' own",
    ),
    "own function named as Keras'": (
        lambda: stack(L.Dense(3, activation=leaky_relu, name="hidden")),
        "uses `leaky_relu` as activation in the layer 'hidden', which is not Keras' own",
    ),
    "own function of a false module": (
        lambda: stack(L.Dense(3, activation=relu, name="hidden")),
        "uses `relu` as activation in the layer 'hidden', which is not Keras' own",
    ),
    "a function in a cell": (
        lambda: stack(L.Reshape((2, 2)), L.GRU(3, activation=lambda x: x, name="gru")),
        "uses `<lambda>` as activation in the layer",
    ),
    "keras.ops.gelu": (
        lambda: stack(L.Dense(3, activation=keras.ops.gelu, name="hidden")),
        "uses `gelu` as activation in the layer 'hidden', which is not Keras' own",
    ),
    "own regularizer": (
        lambda: stack(L.Dense(3, kernel_regularizer=Shrink(), name="hidden")),
        "uses `Shrink` as kernel_regularizer in the layer 'hidden', which is not Keras' own",
    ),
    "TextVectorization": (
        lambda: keras.Sequential([L.TextVectorization(name="words")]),
        "contains a TextVectorization layer ('words')",
    ),
}
