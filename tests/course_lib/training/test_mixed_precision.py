"""The arithmetic is the same on a processor, only slow: so it is tested here without a GPU."""

import keras
import numpy as np
import pytest

from course_lib.blocks import dense_block
from course_lib.models import cnn, mobilenet
from course_lib.training import bfloat16_instructions, fit, half_precision, mixed_precision


def model(api):
    inputs = keras.Input((8,))
    layers = [*dense_block(32, batch_norm=True), keras.layers.Dense(3)]
    if api == "sequential":
        network = keras.Sequential([inputs, *layers])
    else:
        x = inputs
        for layer in layers:
            x = layer(x)
        network = keras.Model(inputs, x)
    network.compile(
        keras.optimizers.Adam(0.01), keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    )
    return network


@pytest.mark.parametrize("half", ["float16", "bfloat16"])
@pytest.mark.parametrize("api", ["sequential", "functional"])
def test_trains_in_half_precision_with_float32_weights_and_logits(api, half):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(128, 8)).astype("float32")
    y = x[:, :3].argmax(axis=1)
    network = model(api)
    optimizer = network.optimizer
    with mixed_precision(network, half):
        scaled = isinstance(network.optimizer, keras.optimizers.LossScaleOptimizer)
        assert scaled == (half == "float16")
        losses = network.fit(x, y, epochs=15, batch_size=32, verbose=0).history["loss"]
        hidden = keras.Model(network.inputs[0], network.layers[-2].output)
        assert keras.backend.standardize_dtype(hidden(x).dtype) == half
        assert keras.backend.standardize_dtype(network(x).dtype) == "float32"
    assert losses[-1] < 0.7 * losses[0]
    assert network.optimizer is optimizer
    assert {weight.dtype for weight in network.weights} <= {"float32"}


@pytest.mark.parametrize("api", ["sequential", "functional"])
def test_computes_in_float32_again_afterwards(api):
    network = model(api)
    x = np.random.default_rng(0).normal(size=(4, 8)).astype("float32")
    before = np.asarray(network(x))
    with mixed_precision(network):
        inside = np.asarray(network(x))
    assert not np.array_equal(before, inside)
    np.testing.assert_allclose(inside, before, atol=1e-2)
    np.testing.assert_array_equal(network(x), before)


def test_images_are_prepared_in_float32():
    network = cnn((4,))
    network.compile("adam", "mse")
    with mixed_precision(network, "bfloat16"):
        kinds = [layer.compute_dtype for layer in network.layers]
    rescaling, *hidden, outputs = kinds
    assert (rescaling, outputs) == ("float32", "float32")
    assert set(hidden) == {"bfloat16"}


def test_what_gains_nothing_stays_in_float32_on_a_processor():
    depthwise = mobilenet(alpha=1 / 4, stem="small", input_shape=(32, 32, 3), middle=1)
    for network in (model("sequential"), depthwise):
        assert half_precision(network) in ("float16", None)


@pytest.mark.skipif(not bfloat16_instructions(), reason="this processor has no bfloat16")
def test_fit_trains_convolutions_in_bfloat16():
    seen = []

    class Spy(keras.callbacks.Callback):
        def on_train_begin(self, logs=None):
            seen.extend(layer.compute_dtype for layer in self.model.layers)

    rng = np.random.default_rng(0)
    x, y = rng.uniform(0, 100, (256, 16, 16, 3)).astype("float32"), np.arange(256) % 2
    x[y == 1, 4:8] += 100
    network = cnn((8, 16), classes=2, input_shape=(16, 16, 3))
    history = fit(network, x, y, epochs=10, batch_size=32, callbacks=[Spy()], verbose=False)
    assert "bfloat16" in seen
    assert history.history["accuracy"][-1] > 0.9
    assert {weight.dtype for weight in network.weights} == {"float32"}
    assert {layer.compute_dtype for layer in network.layers} == {"float32"}


def test_without_onednn_bfloat16_is_of_no_use(monkeypatch):
    bfloat16_instructions.cache_clear()
    monkeypatch.setenv("TF_ENABLE_ONEDNN_OPTS", "0")
    assert not bfloat16_instructions()
    bfloat16_instructions.cache_clear()
