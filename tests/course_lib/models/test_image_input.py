"""Networks for images refuse a shape that they cannot take, in a sentence."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import keras
import pytest

from course_lib import models

# The smallest side with which every layer has an output.
SMALLEST: dict[str, tuple[Callable[..., keras.Model], int]] = {
    "alexnet": (partial(models.alexnet, width=1 / 16), 67),
    "alexnet, small": (partial(models.alexnet, width=1 / 16, stem="small"), 15),
    "lenet": (models.lenet, 16),
    "vgg": (partial(models.vgg, "A", width=1 / 64), 32),
    "inception_resnet": (partial(models.inception_resnet, width=1 / 32, repeats=(1, 1, 1)), 75),
    "inception_resnet, small": (
        partial(models.inception_resnet, width=1 / 32, repeats=(1, 1, 1), stem="small"),
        15,
    ),
    "xception": (partial(models.xception, width=1 / 32, middle=1), 7),
    "googlenet": (partial(models.googlenet, width=1 / 32), 1),
    "mobilenet": (partial(models.mobilenet, alpha=1 / 32), 1),
    "resnet": (partial(models.resnet, 18, width=1 / 32), 1),
    "cifar_resnet": (partial(models.cifar_resnet, 8), 1),
    "cnn": (partial(models.cnn, filters=(4, 4)), 4),
    "conv_autoencoder": (lambda **shape: models.conv_autoencoder(2, (4, 4), **shape)[0], 4),
}


@pytest.mark.parametrize("name", SMALLEST)
def test_smallest_images(name: str) -> None:
    build, side = SMALLEST[name]
    assert build(input_shape=(side, side, 3)).input_shape == (None, side, side, 3)
    with pytest.raises(ValueError, match=f"{side} or more|too small|multiples|integers, 1"):
        build(input_shape=(side, side - 1, 3))


@pytest.mark.parametrize("name", SMALLEST)
@pytest.mark.parametrize("shape", [(96, 96), (96,), (1, 96, 96, 3), (), (0, 96, 3), (96, 96, 2.5)])
def test_shapes_that_are_no_image(name: str, shape: tuple[int, ...]) -> None:
    build, _ = SMALLEST[name]
    with pytest.raises(ValueError, match="^input_shape is "):
        build(input_shape=shape)


@pytest.mark.parametrize("name", SMALLEST)
def test_one_number_is_no_shape(name: str) -> None:
    build, _ = SMALLEST[name]
    with pytest.raises(TypeError, match="write a tuple"):
        build(input_shape=96)
