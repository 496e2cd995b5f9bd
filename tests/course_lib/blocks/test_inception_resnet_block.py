import keras
import numpy as np

from course_lib.blocks import inception_resnet_block

BRANCHES = [[(2, 1)], [(2, 1), (3, 3)]]


def model_of(block, channels=8):
    inputs = keras.Input((8, 8, channels))
    return keras.Model(inputs, block(inputs))


def test_number_of_parameters():
    # Batch normalisation without scale has three numbers per map; the last convolution has a bias.
    model = model_of(inception_resnet_block(BRANCHES))
    assert model.output_shape == (None, 8, 8, 8)
    assert model.count_params() == (8 * 2 + 8 * 2 + 9 * 2 * 3) + 3 * (2 + 2 + 3) + (5 + 1) * 8


def test_branches_are_scaled_and_added():
    whole, fifth = (
        model_of(inception_resnet_block(BRANCHES, scale, "linear")) for scale in (1.0, 0.2)
    )
    fifth.set_weights(whole.get_weights())
    x = np.random.default_rng(0).normal(size=(2, 8, 8, 8)).astype("float32")
    np.testing.assert_allclose(fifth(x) - x, 0.2 * (whole(x) - x), atol=1e-5)
