"""Sub-pixel convolution's last step."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from course_lib.blocks import SubPixel


@pytest.mark.parametrize("scale", [1, 2, 3])
@pytest.mark.parametrize("channels", [1, 3])
def test_it_is_tensorflows_depth_to_space(scale, channels):
    tf = pytest.importorskip("tensorflow")
    x = np.random.default_rng(0).normal(size=(2, 3, 5, channels * scale**2)).astype("float32")
    wanted = tf.nn.depth_to_space(x, scale) if scale > 1 else x
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(SubPixel(scale)(x)), wanted)


def test_a_model_with_it_takes_every_size_and_can_be_saved():
    inputs = keras.Input((None, None, 8))
    model = keras.Model(inputs, SubPixel(2)(inputs))
    assert model.output_shape == (None, None, None, 2)
    again = keras.Model.from_config(model.get_config())
    for size in ((2, 3), (5, 1)):
        x = np.random.default_rng(1).normal(size=(2, *size, 8)).astype("float32")
        np.testing.assert_array_equal(model(x), again(x))


def test_channels_that_do_not_fill_a_square_are_explained():
    with pytest.raises(ValueError, match="multiple of 4 filters"):
        SubPixel(2)(keras.Input((4, 4, 6)))
