import keras
import numpy as np

from course_lib.blocks import inception_block


def inception_3a(channels=192, size=8):
    inputs = keras.Input((size, size, channels))
    return keras.Model(inputs, inception_block(64, 96, 128, 16, 32, 32)(inputs))


def test_number_of_parameters_matches_the_paper():
    # Szegedy et al. 2015, table 1: 159 K weights for inception (3a); with biases 163,696.
    model = inception_3a()
    weights = 192 * (64 + 96 + 16 + 32) + 9 * 96 * 128 + 25 * 16 * 32
    assert model.count_params() == weights + 64 + 96 + 128 + 16 + 32 + 32 == 163_696


def test_branches_are_concatenated():
    model = inception_3a(channels=4)
    assert model.output_shape == (None, 8, 8, 64 + 128 + 32 + 32)
    x = np.random.default_rng(0).normal(size=(2, 8, 8, 4)).astype("float32")
    first = next(
        layer
        for layer in model.layers
        if isinstance(layer, keras.layers.Conv2D) and layer.filters == 64
    )
    np.testing.assert_allclose(model(x)[..., :64], first(x), atol=1e-5)


def test_batch_norm_and_a_name():
    inputs = keras.Input((8, 8, 4))
    block = inception_block(2, 3, 4, 1, 2, 2, batch_norm=True, name="inception_3a")
    model = keras.Model(inputs, block(inputs))
    assert model.get_layer("inception_3a").output.shape == (None, 8, 8, 10)
    weights = 4 * (2 + 3 + 1 + 2) + 9 * 3 * 4 + 25 * 1 * 2
    assert model.count_params() == weights + 4 * (2 + 3 + 4 + 1 + 2 + 2)
