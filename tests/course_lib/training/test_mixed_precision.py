"""The arithmetic is the same on a processor, only slow: so it is tested here without a GPU."""

import keras
import numpy as np
import pytest

from course_lib.blocks import dense_block
from course_lib.training import mixed_precision


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


@pytest.mark.parametrize("api", ["sequential", "functional"])
def test_trains_in_float16_with_float32_weights_and_logits(api):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(128, 8)).astype("float32")
    y = x[:, :3].argmax(axis=1)
    network = model(api)
    optimizer = network.optimizer
    with mixed_precision(network):
        assert isinstance(network.optimizer, keras.optimizers.LossScaleOptimizer)
        losses = network.fit(x, y, epochs=15, batch_size=32, verbose=0).history["loss"]
        hidden = keras.Model(network.inputs[0], network.layers[-2].output)
        assert keras.backend.standardize_dtype(hidden(x).dtype) == "float16"
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
