"""Models cross by value or are called as models, and `layers_of` says the same on both sides."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from autograder.engine.verifier.model_handles import LayerHandle, ModelHandle, WeightArray
from autograder.engine.verifier.student_channel import StudentChannel
from autograder.engine.verifier.student_error import NotByValueError
from course_lib.testing import layers_of
from tests.autograder.engine.loopback import connect
from tests.course_lib.student_models import BY_VALUE, CALLED, Net, Twice, called, stack

L = keras.layers
X = np.random.default_rng(3).uniform(0, 1, (3, 4)).astype("float32")


def fetch(value: Any) -> Any:
    """A value as the verifier gets it; only for what needs no kernel afterwards."""
    with connect({"value": value}) as channel:
        return channel.fetch("value")


@pytest.mark.parametrize("name", BY_VALUE)
def test_a_model_of_keras_own_parts_comes_by_value(name: str) -> None:
    model = BY_VALUE[name]()
    came = fetch(model)
    assert type(came) is type(model), getattr(came, "describe_obstacle", str)()
    assert came is not model and came.built == model.built
    kinds = [type(layer) for layer in layers_of(model, "`model`")]
    assert [type(layer) for layer in layers_of(came, "`model`")] == kinds
    if model.built:
        x = [X] * len(model.inputs) if len(model.inputs) > 1 else X
        pairs = zip(
            keras.tree.flatten(came.predict(x, verbose=0)),
            keras.tree.flatten(model.predict(x, verbose=0)),
            strict=True,
        )
        for given, wanted in pairs:
            np.testing.assert_allclose(given, wanted, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", CALLED)
def test_another_model_is_called_and_says_why(name: str) -> None:
    make, sentence = CALLED[name]
    model = make()
    came = fetch(model)
    assert isinstance(came, keras.Model) and isinstance(came, L.Layer) and callable(came)
    assert isinstance(came, keras.Sequential) == isinstance(model, keras.Sequential)
    said = []
    for one in (came, model):
        with pytest.raises(AssertionError) as caught:
            layers_of(one, "`model`")
        said.append(str(caught.value))
    assert said[0] == said[1] and sentence in said[0]


@pytest.fixture(scope="module")
def net() -> Net:
    return called(Net())


@pytest.fixture(scope="module")
def channel(net: Net) -> Iterator[StudentChannel]:
    pair = keras.Sequential([keras.Input((4,)), Twice(), L.Dense(1)])
    inputs = keras.Input((4,))
    several = keras.Model(inputs, [Twice()(inputs), L.Dense(2)(inputs)])
    lying = called(Net())
    lying.count_params = lambda: 7
    names = {
        "net": net,
        "pair": pair,
        "several": several,
        "twice": Twice(),
        "fresh": Net(),
        "lying": lying,
        "make": lambda: net,
        "is_net": lambda value: value is net,
        "is_optimizer": lambda value: isinstance(value, keras.optimizers.SGD),
    }
    with connect(names) as channel:
        yield channel


def test_outputs_are_tensors_and_arrays_of_ours(channel: StudentChannel, net: Net) -> None:
    came = channel.fetch("net")
    assert tf.is_tensor(came(X)) and tf.is_tensor(came(tf.constant(X), training=True))
    np.testing.assert_allclose(came(X), net(X), rtol=1e-6)
    for predict in (came.predict, came.predict_on_batch):
        assert type(predict(X)) is np.ndarray
    np.testing.assert_allclose(came.predict(X, verbose=0), net(X), rtol=1e-5)


def test_several_outputs_keep_their_structure(channel: StudentChannel) -> None:
    came = channel.fetch("several")
    assert [tuple(output.shape) for output in came(X)] == [(3, 4), (3, 2)]
    assert [output.shape for output in came.predict(X, verbose=0)] == [(3, 4), (3, 2)]
    assert came.input_shape == (None, 4) and came.output_shape == [(None, 4), (None, 2)]


def test_weights_are_arrays_and_are_counted_here(channel: StudentChannel, net: Net) -> None:
    came = channel.fetch("net")
    assert came.count_params() == net.count_params() == 23
    assert channel.fetch("lying").count_params() == 23
    assert all(type(weight) is np.ndarray for weight in came.get_weights())
    for name in ("weights", "trainable_weights", "variables", "trainable_variables"):
        given, wanted = getattr(came, name), getattr(net, name)
        assert len(given) == len(wanted) == 4
        for one, other in zip(given, wanted, strict=True):
            assert isinstance(one, WeightArray) and one.shape == other.shape
            assert one.dtype == other.dtype
            np.testing.assert_array_equal(one.numpy(), other.numpy())
            np.testing.assert_array_equal(keras.ops.convert_to_numpy(one), other.numpy())
    assert came.non_trainable_weights == []
    assert came.built and came.trainable and came.name == net.name


def test_set_weights_reaches_the_students_model(channel: StudentChannel, net: Net) -> None:
    came, before = channel.fetch("net"), net.get_weights()
    came.set_weights([np.ones_like(weight) for weight in before])
    assert float(net.weights[0].numpy().min()) == 1
    np.testing.assert_allclose(came(X), net(X))
    came.set_weights(before)


def test_a_model_that_is_not_built_has_no_parameters_yet(channel: StudentChannel) -> None:
    came = channel.fetch("fresh")
    with pytest.raises(ValueError, match="not built"):
        came.count_params()
    came(X)
    assert came.count_params() == 23


def test_the_student_gets_the_own_object_back(channel: StudentChannel) -> None:
    assert channel.fetch("is_net")(channel.fetch("net")) is True
    assert channel.fetch("is_net")(channel.fetch("make")()) is True
    assert isinstance(channel.fetch("make")(), keras.Model)
    assert channel.fetch("is_optimizer")(keras.optimizers.SGD(0.1)) is True


def test_a_layer_is_a_layer_and_no_model(channel: StudentChannel) -> None:
    came = channel.fetch("twice")
    assert isinstance(came, L.Layer) and not isinstance(came, keras.Model)
    np.testing.assert_array_equal(came(X), 2 * X)
    assert type(came) is LayerHandle and type(channel.fetch("net")) is ModelHandle
    with pytest.raises(AssertionError, match="`layer` is of type Layer; expected"):
        layers_of(came, "`layer`")


def test_the_test_can_train_it_and_sees_the_students_own_attributes(
    channel: StudentChannel, net: Net
) -> None:
    came, before = channel.fetch("net"), net.get_weights()
    came.compile(optimizer=keras.optimizers.SGD(0.1), loss="mse")
    history = came.fit(X, np.ones((3, 2)), epochs=2, verbose=0)
    assert len(history.history["loss"]) == 2
    assert any(not np.array_equal(a, b) for a, b in zip(before, came.get_weights(), strict=True))
    assert came.hidden.units == 3


@pytest.mark.parametrize(
    "name",
    ["layers", "get_layer", "get_config", "optimizer", "evaluate", "history", "summary", "input"]
    + ["outputs", "loss", "metrics", "save", "to_json", "_layers", "_keras_history"],
)
def test_what_needs_the_model_itself_is_refused(channel: StudentChannel, name: str) -> None:
    came = channel.fetch("net")
    with pytest.raises(NotByValueError) as caught:
        getattr(came, name)
    assert str(caught.value) == (
        f"`{name}` is not available: this model is a subclassed model (class Net), which the "
        "grader cannot look into. Build it with keras.Sequential or the Functional API."
    )


@pytest.mark.parametrize(
    "use",
    [
        lambda model: keras.Sequential([keras.Input((4,)), model]),
        lambda model: keras.Model(model.inputs, model.outputs),
        lambda model: keras.models.clone_model(model),
        lambda model: model(keras.Input((4,))),
        lambda model: L.TimeDistributed(model)(keras.Input((2, 4))),
        lambda model: model == 3,
        lambda model: len(model),
        lambda model: hash(model),
        lambda model: np.asarray(model),
        lambda model: setattr(model, "trainable", False),
        lambda model: model.weights[0].assign(0),
    ],
    ids=range(11),
)
def test_keras_and_python_get_a_sentence_instead_of_the_model(
    channel: StudentChannel, use: Any
) -> None:
    with pytest.raises(NotByValueError):
        use(channel.fetch("net"))


def test_a_gradient_is_refused_rather_than_missing(channel: StudentChannel) -> None:
    came, x = channel.fetch("net"), tf.constant(X)
    with tf.GradientTape() as tape:
        tape.watch(x)
        total = tf.reduce_sum(came(x))
    with pytest.raises(NotByValueError, match="A gradient is not available"):
        tape.gradient(total, x)
    with tf.GradientTape() as tape:
        total = tf.reduce_sum(came(X))
    with pytest.raises(NotByValueError, match="a weight"):
        tape.gradient(total, came.trainable_weights)


def test_a_model_that_computes_something_else_is_called() -> None:
    model = stack(L.Dense(3))
    model.layers[0].call = lambda x: 7 * x[:, :3]
    came = fetch(model)
    assert type(came) is ModelHandle
    assert "returns something else" in came.describe_obstacle()


def test_the_lost_compile_state_is_said() -> None:
    came = fetch(BY_VALUE["an own loss"]())
    with pytest.raises(ValueError, match="its loss or a metric is the function <lambda>"):
        came.evaluate(X, np.ones((3, 2)), verbose=0)
    came.compile("adam", "mse")
    assert came.evaluate(X, np.ones((3, 2)), verbose=0) > 0
