import keras
import numpy as np
import pytest

from course_lib.blocks import vgg_block


@pytest.mark.parametrize("batch_norm", [False, True])
def test_both_apis_compute_the_same(batch_norm):
    block = vgg_block(6, (3, 1), batch_norm)
    sequential = keras.Sequential([keras.Input((8, 8, 3)), *block])
    inputs = keras.Input((8, 8, 3))
    functional = keras.Model(inputs, block(inputs))
    functional.set_weights(sequential.get_weights())
    x = np.random.default_rng(0).normal(size=(2, 8, 8, 3)).astype("float32")
    np.testing.assert_allclose(sequential(x), functional(x), rtol=1e-6)
    assert sequential.output_shape == (None, 4, 4, 6)


def test_number_of_parameters():
    model = keras.Sequential([keras.Input((8, 8, 3)), *vgg_block(64, (3, 3, 1))])
    assert model.count_params() == (27 + 1) * 64 + (576 + 1) * 64 + (64 + 1) * 64


def test_normalisation_is_between_convolution_and_relu():
    layers = list(vgg_block(4, (3,), batch_norm=True, name="block2"))
    assert [layer.name for layer in layers] == [
        "block2_conv1",
        "block2_bn1",
        "block2_relu1",
        "block2_pool",
    ]
    assert layers[0].activation is keras.activations.linear
    assert not layers[0].use_bias


def test_block_without_a_name_can_be_used_twice():
    block = vgg_block(4)
    assert len(keras.Sequential([keras.Input((8, 8, 3)), *block, *block]).layers) == 6
