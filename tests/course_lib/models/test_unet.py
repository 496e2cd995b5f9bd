"""U-Net: the paper's sizes, padded sizes, skip connections, training."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from course_lib.blocks import unet_decoder_block, unet_encoder_block
from course_lib.models import unet


def test_the_published_network():
    """Ronneberger et al. 2015, figure 1 and §2: 572 → 388, and 23 convolutional layers."""
    with keras.StatelessScope(initialize_variables=False):
        model = unet()
    convolutions = [layer for layer in model.layers if "Conv2D" in type(layer).__name__]
    assert model.output_shape == (None, 388, 388, 2)
    assert len(convolutions) == 23
    crops = [layer for layer in model.layers if isinstance(layer, keras.layers.Cropping2D)]
    # Figure 1: 64² → 56², 136² → 104², 280² → 200², 568² → 392².
    shapes = [(layer.input.shape[1], layer.output.shape[1]) for layer in crops]
    assert shapes == [(64, 56), (136, 104), (280, 200), (568, 392)]


@pytest.mark.parametrize("size", [(8, 8), (12, 20), (4, 16)])
def test_the_padded_network_takes_every_size_that_can_be_halved(size):
    model = unet(3, filters=2, depth=2, input_shape=(None, None, 1), padding="same")
    assert model(np.zeros((2, *size, 1), "float32")).shape == (2, *size, 3)


def test_without_skips_only_the_concatenation_is_missing():
    options = {"filters": 4, "depth": 2, "input_shape": (8, 8, 1), "padding": "same"}
    # The first convolution after each concatenation has half as many inputs.
    missing = sum(9 * maps * maps for maps in (4, 8))
    with_skips, without = unet(**options), unet(**options, skips=False)
    assert with_skips.count_params() - without.count_params() == missing


def test_the_blocks_pool_and_crop():
    skip, pooled = unet_encoder_block(4, "valid")(keras.Input((14, 18, 2)))
    assert skip.shape[1:] == (10, 14, 4) and pooled.shape[1:] == (5, 7, 4)
    x = keras.Input((3, 4, 8))
    assert unet_decoder_block(4, "valid")((x, skip)).shape[1:] == (2, 4, 4)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"input_shape": (574, 574, 1)}, "before a pooling it has 281 pixels"),
        ({"input_shape": (60, 60, 1)}, "cannot be halved 4 times"),
        ({"input_shape": (20, 20, 1), "padding": "same"}, "cannot be halved 4 times"),
        ({"input_shape": (None, None, 1)}, 'write padding="same"'),
        ({"padding": "full"}, 'write "same" or "valid"'),
    ],
)
def test_wrong_sizes_are_explained(options, reason):
    with pytest.raises(ValueError, match=reason):
        unet(**options)


def test_it_learns_to_copy_a_mask():
    keras.utils.set_random_seed(1)
    rng = np.random.default_rng(0)
    y = (rng.random((32, 8, 8)) < 0.4).astype("int32")
    x = (y[..., None] - 0.5 + 0.1 * rng.normal(size=(*y.shape, 1))).astype("float32")
    model = unet(2, filters=4, depth=1, input_shape=(None, None, 1), padding="same")
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(2e-2), loss, metrics=["accuracy"])
    model.fit(x, y, epochs=15, batch_size=8, verbose=0)
    assert model.evaluate(x, y, verbose=0, return_dict=True)["accuracy"] > 0.95
