"""Sizes that no network has are refused with a sentence, in the same words by every model."""

import pytest

from course_lib.models import autoencoder, cnn, conv_autoencoder, gan, mlp, vae
from course_lib.transfer import small_vgg


@pytest.mark.parametrize(
    ("build", "sentence"),
    [
        (lambda: mlp(128), r"units is 128: write a tuple, \(128,\)"),
        (lambda: mlp(8), "units is 8"),
        (lambda: mlp("8"), "units is '8'"),
        (lambda: mlp((8,), input_shape=784), "input_shape is 784"),
        (lambda: mlp((8,), classes=0), "classes is 0"),
        (lambda: mlp((8, 0)), "units is"),
        (lambda: mlp((8.5,)), "units is"),
        (lambda: cnn(32), "filters is 32"),
        (
            lambda: cnn((4,), convolutions=0),
            "convolutions is 0; it should be an integer, 1 or more",
        ),
        (lambda: cnn((4,), input_shape=(28, 28)), "height, width, channels"),
        (lambda: cnn((4,) * 6), "too small"),
        (lambda: autoencoder(units=64), "units is 64"),
        (lambda: autoencoder(latent=0), "latent is 0"),
        (lambda: vae(units=64), "units is 64"),
        (lambda: vae(input_shape=784), "input_shape is 784"),
        (lambda: conv_autoencoder(filters=16), "filters is 16"),
        (lambda: gan(generator_units=64), "generator_units is 64"),
        (lambda: small_vgg(input_shape=(8, 8, 3)), "input_shape is"),
        (lambda: small_vgg(input_shape=(32, 32, 1)), "input_shape is"),
    ],
)
def test_impossible_sizes_are_refused(build, sentence):
    with pytest.raises((TypeError, ValueError), match=sentence):
        build()


def test_sides_of_images_may_be_open():
    assert cnn((4, 8), input_shape=(None, None, 3)).output_shape == (None, 10)
    assert mlp((8,), input_shape=[4]).output_shape == (None, 10)
