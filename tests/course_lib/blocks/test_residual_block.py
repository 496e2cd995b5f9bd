import keras
import numpy as np
import pytest

from course_lib.blocks import residual_block


def model_of(block, channels=8):
    inputs = keras.Input((8, 8, channels))
    return keras.Model(inputs, block(inputs))


@pytest.mark.parametrize(
    ("block", "channels", "shape"),
    [
        (residual_block(8), 8, (None, 8, 8, 8)),
        (residual_block(16, strides=2), 8, (None, 4, 4, 16)),
        (residual_block(2, bottleneck=True), 8, (None, 8, 8, 8)),
        (residual_block(4, strides=2, bottleneck=True), 8, (None, 4, 4, 16)),
    ],
)
def test_shapes(block, channels, shape):
    assert model_of(block, channels).output_shape == shape


@pytest.mark.parametrize("block", [residual_block(8), residual_block(2, bottleneck=True)])
def test_shortcut_is_the_identity_for_equal_shapes(block):
    model = model_of(block)
    # If all convolutions are 0, only the shortcut remains.
    for layer in model.layers:
        if isinstance(layer, keras.layers.Conv2D):
            layer.set_weights([np.zeros_like(w) for w in layer.get_weights()])
    x = np.random.default_rng(0).normal(size=(2, 8, 8, 8)).astype("float32")
    np.testing.assert_allclose(model(x), np.maximum(x, 0), atol=1e-6)


def test_number_of_parameters_matches_the_paper():
    # He et al. 2016, figure 5: 64 feature maps, and 256 with a bottleneck.
    kernels = 2 * 9 * 64 * 64
    assert model_of(residual_block(64), 64).count_params() == kernels + 2 * 4 * 64
    kernels = 256 * 64 + 9 * 64 * 64 + 64 * 256
    bottleneck = model_of(residual_block(64, bottleneck=True), 256)
    assert bottleneck.count_params() == kernels + 4 * (64 + 64 + 256)


@pytest.mark.parametrize("strides", [1, 2])
def test_bottleneck_matches_the_formula(strides):
    model = model_of(residual_block(2, strides=strides, bottleneck=True))
    x = np.random.default_rng(0).normal(size=(2, 8, 8, 8)).astype("float32")
    kernels = [
        layer.get_weights()[0] for layer in model.layers if isinstance(layer, keras.layers.Conv2D)
    ]
    shrink = 1 / np.sqrt(1 + 1e-3)  # a new normalisation: mean 0, variance 1, epsilon 1e-3

    def conv(x, kernel, strides=1):
        return keras.ops.conv(x, kernel, strides, "same") * shrink

    by_size = {kernel.shape: kernel for kernel in kernels}
    y = keras.ops.relu(conv(x, by_size[1, 1, 8, 2]))
    y = keras.ops.relu(conv(y, by_size[3, 3, 2, 2], strides))
    y = conv(y, by_size[1, 1, 2, 8])
    shortcut = x if strides == 1 else conv(x, by_size[1, 1, 8, 8], strides)
    np.testing.assert_allclose(model(x), keras.ops.relu(shortcut + y), atol=1e-5)


def test_padded_shortcut_has_no_weights():
    model = model_of(residual_block(16, strides=2, shortcut="padded"))
    plain = model_of(residual_block(16, strides=2, shortcut=None))
    assert model.count_params() == plain.count_params() == 9 * 8 * 16 + 9 * 16 * 16 + 2 * 4 * 16
    for layer in model.layers:
        if isinstance(layer, keras.layers.Conv2D):
            layer.set_weights([np.zeros_like(w) for w in layer.get_weights()])
    x = np.random.default_rng(0).normal(size=(2, 8, 8, 8)).astype("float32")
    expected = np.zeros((2, 4, 4, 16), "float32")
    expected[..., 4:12] = np.maximum(x[:, ::2, ::2], 0)  # He et al. 2016, §4.1, option A
    np.testing.assert_allclose(model(x), expected, atol=1e-6)


def test_position_of_the_stride():
    for stride_in, side in (("1x1", 4), ("3x3", 8)):
        model = model_of(residual_block(2, strides=2, bottleneck=True, stride_in=stride_in))
        first = next(
            layer.output.shape[1]
            for layer in model.layers
            if isinstance(layer, keras.layers.Conv2D) and layer.filters == 2
        )
        assert first == side


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"shortcut": "identity"}, '"projection", "padded" or None'),
        ({"stride_in": "5x5"}, '"3x3" or "1x1"'),
        ({"shortcut": "padded"}, "cannot reduce 8 channels to 4"),
    ],
)
def test_wrong_settings_are_rejected(settings, message):
    with pytest.raises(ValueError, match=message):
        model_of(residual_block(4, **settings))
