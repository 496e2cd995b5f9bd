"""Which layers of a graph may compute in half precision."""

import keras
import pytest
from keras import layers

from course_lib.training.find_half_layers import find_half_layers


def dense(name, **options):
    return layers.Dense(4, name=name, **options)


def chain(*parts):
    return keras.Sequential([keras.Input((4,)), *parts])


def graph(build, inputs=1):
    given = [keras.Input((4,)) for _ in range(inputs)]
    return keras.Model(given, dense("out")(build(*given)))


def join(*tensors):
    return layers.Concatenate(name="join")(list(tensors))


def shared(x, y):
    layer = dense("shared")
    return dense("hidden")(join(layer(x), layer(y)))


def reused(x):
    layer = dense("reused")
    return layer(layer(x))


SCALE = {"scale": 1 / 255, "name": "scaling"}
MODELS = {
    "a chain": (lambda: chain(dense("a"), dense("b"), dense("c")), ["b"]),
    "scaled inputs": (
        lambda: chain(layers.Rescaling(**SCALE), dense("a"), dense("b")),
        ["a"],
    ),
    "augmented inputs": (
        lambda: chain(layers.Rescaling(**SCALE), layers.Dropout(0.1), dense("a"), dense("b")),
        ["a"],
    ),
    "branches from raw inputs": (
        lambda: graph(lambda x: dense("c")(join(dense("a")(x), dense("b")(x)))),
        ["c", "join"],
    ),
    "raw inputs beside a hidden layer": (
        lambda: graph(lambda x: dense("b")(join(x, dense("a")(x)))),
        [],
    ),
    "raw inputs added later": (
        lambda: graph(lambda x: dense("b")(layers.Add(name="add")([dense("a")(x), x]))),
        [],
    ),
    "raw inputs through other layers": (
        lambda: graph(lambda x: dense("b")(join(layers.ReLU()(x), dense("a")(x)))),
        [],
    ),
    "scaled inputs beside a hidden layer": (
        lambda: graph(
            lambda x: dense("b")(
                join(
                    layers.Rescaling(**SCALE)(x),
                    dense("a")(layers.Normalization(mean=0, variance=4)(x)),
                )
            )
        ),
        ["a", "b", "join"],
    ),
    "one of two inputs is scaled": (
        lambda: graph(
            lambda x, y: dense("c")(join(dense("a")(layers.Rescaling(**SCALE)(x)), dense("b")(y))),
            2,
        ),
        ["a", "c", "join"],
    ),
    "a layer of two inputs": (lambda: graph(shared, 2), ["hidden", "join"]),
    "a layer of raw inputs and others": (lambda: graph(reused), []),
    "a loss of its own": (
        lambda: chain(dense("a"), dense("b", activity_regularizer="l2"), dense("c"), dense("d")),
        ["c"],
    ),
    "a layer of losses": (
        lambda: chain(dense("a"), layers.ActivityRegularization(l2=0.1), dense("b"), dense("c")),
        ["b"],
    ),
    "a loss of a part": (
        lambda: keras.Sequential(
            [
                keras.Input((4, 4)),
                dense("a"),
                layers.TimeDistributed(dense("b", activity_regularizer="l1"), name="each"),
                dense("c"),
            ]
        ),
        [],
    ),
    "a nested model of raw inputs": (
        lambda: graph(chain(dense("a"), dense("b"), dense("c"))),
        ["b"],
    ),
    "a nested model of hidden layers": (
        lambda: chain(dense("first"), chain(dense("a"), dense("b")), dense("last")),
        ["a"],
    ),
}


@pytest.mark.parametrize(("make", "names"), MODELS.values(), ids=MODELS)
def test_layers_that_read_raw_inputs_or_have_losses_stay_in_float32(make, names):
    assert sorted(layer.name for layer in find_half_layers(make())) == names
