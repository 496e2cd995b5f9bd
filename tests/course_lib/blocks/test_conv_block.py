import keras
import numpy as np
import pytest

from course_lib.blocks import conv_block, separable_conv_block

BLOCKS = [
    conv_block(5),
    conv_block(5, kernel_size=5, strides=2),
    conv_block(5, batch_norm=False, activation="gelu"),
    conv_block(5, pool=True),
    separable_conv_block(5),
    separable_conv_block(5, kernel_size=5, strides=2),
]


def both(block):
    """Return a Sequential and a Functional model with the same block."""
    inputs = keras.Input((9, 8, 3))
    return keras.Sequential([keras.Input((9, 8, 3)), *block]), keras.Model(inputs, block(inputs))


def list_kinds(model):
    layers = (layer for layer in model.layers if not isinstance(layer, keras.layers.InputLayer))
    return [type(layer).__name__ for layer in layers]


@pytest.mark.parametrize("block", BLOCKS, ids=repr)
def test_both_apis_compute_the_same(block):
    sequential, functional = both(block)
    assert list_kinds(sequential) == list_kinds(functional)
    functional.set_weights(sequential.get_weights())
    x = np.random.default_rng(0).normal(size=(4, 9, 8, 3)).astype("float32")
    np.testing.assert_allclose(sequential(x), functional(x), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("block", BLOCKS, ids=repr)
def test_saved_model_loads_with_plain_keras(block, tmp_path):
    x = np.random.default_rng(0).normal(size=(4, 9, 8, 3)).astype("float32")
    for number, model in enumerate(both(block)):
        path = tmp_path / f"{number}.keras"
        model.save(path)
        np.testing.assert_allclose(keras.saving.load_model(path)(x), model(x), rtol=1e-5)


def test_normalisation_precedes_the_activation():
    sequential, _ = both(conv_block(5))
    assert list_kinds(sequential) == ["Conv2D", "BatchNormalization", "Activation"]
    assert not sequential.layers[0].use_bias
    assert both(conv_block(5, batch_norm=False))[0].layers[0].use_bias


@pytest.mark.parametrize("strides", [1, 2, 3])
@pytest.mark.parametrize("make", [conv_block, separable_conv_block])
def test_size_is_divided_by_the_stride_and_rounded_up(make, strides):
    height, width = -(-9 // strides), -(-8 // strides)
    assert both(make(5, strides=strides))[0].output_shape == (None, height, width, 5)


def test_pooling_before_the_activation_gives_the_same_result():
    early, _ = both(conv_block(5, batch_norm=False, pool=True))
    late = keras.Sequential(
        [keras.Input((9, 8, 3)), *conv_block(5, batch_norm=False), keras.layers.MaxPooling2D()]
    )
    late.set_weights(early.get_weights())
    x = np.random.default_rng(0).normal(size=(4, 9, 8, 3)).astype("float32")
    np.testing.assert_allclose(early(x), late(x), rtol=1e-6)


def test_number_of_separable_weights_matches_the_paper():
    # Howard et al. 2017, §3.1: D_K · D_K · M + M · N instead of D_K · D_K · M · N.
    model = keras.Sequential([keras.Input((8, 8, 32)), *separable_conv_block(64)])
    kernels = [w for w in model.trainable_weights if len(w.shape) == 4]
    assert sum(int(np.prod(w.shape)) for w in kernels) == 9 * 32 + 32 * 64


def test_separable_is_a_depthwise_and_a_pointwise_convolution():
    model = keras.Sequential([keras.Input((8, 8, 3)), *separable_conv_block(4)])
    depthwise, pointwise = (w for w in model.trainable_weights if len(w.shape) == 4)
    # The two steps without normalisation and activation are one convolution with these filters.
    full = np.einsum("ijcd,xycf->ijcf", np.asarray(depthwise), np.asarray(pointwise))
    x = np.random.default_rng(0).uniform(size=(2, 8, 8, 3)).astype("float32")
    first = keras.ops.depthwise_conv(x, depthwise, padding="same")
    np.testing.assert_allclose(
        keras.ops.conv(first, pointwise), keras.ops.conv(x, full, padding="same"), atol=1e-5
    )
