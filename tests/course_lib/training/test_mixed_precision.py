"""The arithmetic is the same on a CPU, only slow, so these tests need no GPU."""

import keras
import numpy as np
import pytest

from course_lib.blocks import dense_block
from course_lib.models import cnn
from course_lib.training import fit, has_bfloat16_instructions, mixed_precision


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
def test_weights_and_logits_stay_float32(api, half):
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
def test_model_computes_in_float32_afterwards(api):
    network = model(api)
    x = np.random.default_rng(0).normal(size=(4, 8)).astype("float32")
    before = np.asarray(network(x))
    with mixed_precision(network):
        inside = np.asarray(network(x))
    assert not np.array_equal(before, inside)
    np.testing.assert_allclose(inside, before, atol=1e-2)
    np.testing.assert_array_equal(network(x), before)


def test_images_are_preprocessed_in_float32():
    network = cnn((4,))
    network.compile("adam", "mse")
    with mixed_precision(network, "bfloat16"):
        kinds = [layer.compute_dtype for layer in network.layers]
    rescaling, *hidden, outputs = kinds
    assert (rescaling, outputs) == ("float32", "float32")
    assert set(hidden) == {"bfloat16"}


@pytest.mark.skipif(not has_bfloat16_instructions(), reason="this CPU has no bfloat16")
def test_fit_trains_convolutions_in_bfloat16():
    seen = []
    rng = np.random.default_rng(0)
    x, y = rng.uniform(0, 100, (256, 16, 16, 3)).astype("float32"), np.arange(256) % 2
    x[y == 1, 4:8] += 100
    network = cnn((8, 16), classes=2, input_shape=(16, 16, 3))
    compute = network.compute_loss

    def compute_loss(*args, **kwargs):
        seen.extend(layer.compute_dtype for layer in network.layers)
        return compute(*args, **kwargs)

    network.compute_loss = compute_loss
    history = fit(network, x, y, epochs=10, batch_size=32, verbose=False)
    assert "bfloat16" in seen
    assert history.history["accuracy"][-1] > 0.9
    assert {weight.dtype for weight in network.weights} == {"float32"}
    assert {layer.compute_dtype for layer in network.layers} == {"float32"}
