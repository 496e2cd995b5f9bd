"""ESPCN: the paper's size, every scale, the bicubic residual."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from course_lib.models import espcn


def test_the_published_network():
    """Shi et al. 2016, §3.3.1: (f, n) = (5, 64), (3, 32), and 3 for the last layer, r² channels."""
    kernels = [tuple(w.shape) for w in espcn(scale=3).weights if len(w.shape) == 4]
    assert kernels == [(5, 5, 1, 64), (3, 3, 64, 32), (3, 3, 32, 9)]


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_it_enlarges_images_of_every_size(scale):
    model = espcn(scale, filters=(4, 2), channels=3)
    for height, width in ((4, 7), (6, 3)):
        images = np.zeros((2, height, width, 3), "float32")
        assert model(images).shape == (2, scale * height, scale * width, 3)


def test_a_residual_network_with_weights_of_zero_is_bicubic_enlargement():
    model = espcn(2, filters=(4, 2), residual=True)
    model.set_weights([0 * w for w in model.get_weights()])
    x = np.random.default_rng(0).uniform(size=(1, 5, 6, 1)).astype("float32")
    large = keras.layers.UpSampling2D(2, interpolation="bicubic")(x)
    np.testing.assert_allclose(model(x), large, atol=1e-6)


def test_impossible_sizes_are_explained():
    with pytest.raises(ValueError, match="scale"):
        espcn(0)
