"""The convolutional autoencoder: shapes, training, and images of a wrong size."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from course_lib.models import conv_autoencoder


@pytest.mark.parametrize(
    ("shape", "filters"), [((28, 28, 1), (4, 8)), ((8, 16, 3), (4,)), ((8, 8, 1), (2, 3, 4))]
)
def test_model_is_the_decoder_after_the_encoder(shape, filters):
    model, encoder, decoder = conv_autoencoder(5, filters, shape)
    x = np.random.default_rng(0).normal(size=(3, *shape)).astype("float32")
    codes = encoder(x)
    assert codes.shape == (3, 5) and decoder(codes).shape == (3, *shape)
    np.testing.assert_allclose(model(x), decoder(codes), atol=1e-5)


def test_training_lowers_the_error():
    keras.utils.set_random_seed(1)
    model, *_ = conv_autoencoder(4, (4, 8), (8, 8, 1))
    rng = np.random.default_rng(0)
    patterns = (rng.uniform(size=(2, 8, 8, 1)) > 0.5).astype("float32")
    x = patterns[rng.integers(0, 2, 64)]
    model.compile(keras.optimizers.Adam(1e-2), keras.losses.BinaryCrossentropy(from_logits=True))
    losses = model.fit(x, x, epochs=15, verbose=0).history["loss"]
    assert losses[-1] < 0.95 * losses[0]


def test_wrong_sizes_are_explained():
    with pytest.raises(ValueError, match="30 × 28 cannot be halved 2 times"):
        conv_autoencoder(input_shape=(30, 28, 1))
