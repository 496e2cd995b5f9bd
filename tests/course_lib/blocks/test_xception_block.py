import keras
import numpy as np
import pytest

from course_lib.blocks import xception_block


def model_of(block, channels=8):
    inputs = keras.Input((8, 8, channels))
    return keras.Model(inputs, block(inputs))


def test_shapes_and_weights():
    # Chollet 2017, figure 5: a block of the entry flow and one of the middle flow.
    entry = model_of(xception_block((16, 16), strides=2))
    assert entry.output_shape == (None, 4, 4, 16)
    separable = (9 * 8 + 8 * 16) + (9 * 16 + 16 * 16)
    assert entry.count_params() == separable + 8 * 16 + 3 * 4 * 16
    middle = model_of(xception_block((8, 8, 8)))
    assert middle.count_params() == 3 * (9 * 8 + 8 * 8 + 4 * 8)


def test_identity_is_added():
    model = model_of(xception_block((8, 8)))
    for layer in model.layers:
        if isinstance(layer, keras.layers.SeparableConv2D):
            layer.set_weights([np.zeros_like(w) for w in layer.get_weights()])
    x = np.random.default_rng(0).normal(size=(2, 8, 8, 8)).astype("float32")
    np.testing.assert_allclose(model(x), x)


def test_identity_of_another_shape_is_rejected():
    with pytest.raises(ValueError, match="the input has 8 channels and the output 16"):
        model_of(xception_block((16, 16)))
