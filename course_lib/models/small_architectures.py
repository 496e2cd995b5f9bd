"""Small versions of all architectures, which train in seconds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import keras

from course_lib.models.alexnet import alexnet
from course_lib.models.cifar_resnet import cifar_resnet
from course_lib.models.googlenet import googlenet
from course_lib.models.inception_resnet import inception_resnet
from course_lib.models.lenet import lenet
from course_lib.models.mobilenet import mobilenet
from course_lib.models.vgg import vgg
from course_lib.models.xception import xception

# The same code as for the paper's size: narrower, with fewer repetitions, and a stem for 32×32.
# VGG and GoogLeNet get batch normalisation, which is newer: without it they take longer to learn.
_SETTINGS: dict[str, tuple[Callable[..., keras.Model], dict[str, Any]]] = {
    "LeNet-5": (lenet, {}),
    "AlexNet": (alexnet, {"width": 1 / 8, "stem": "small", "groups": 1}),
    "VGG": (vgg, {"configuration": "A", "width": 1 / 8, "batch_norm": True}),
    "GoogLeNet": (googlenet, {"width": 1 / 8, "stem": "small", "batch_norm": True}),
    "ResNet-20": (cifar_resnet, {"depth": 20, "width": 1 / 2}),
    "MobileNet": (mobilenet, {"alpha": 1 / 4, "stem": "small", "middle": 1}),
    "Xception": (xception, {"width": 1 / 8, "stem": "small", "middle": 2}),
    "Inception-ResNet": (
        inception_resnet,
        {"width": 1 / 8, "stem": "small", "repeats": (1, 2, 1)},
    ),
}


def small_architectures(
    classes: int = 10, input_shape: Sequence[int] = (32, 32, 3)
) -> dict[str, Callable[[], keras.Model]]:
    """Return functions that build small versions of the architectures, for images of about 32×32.

    Args:
        classes: Number of classes.
        input_shape: `(height, width, channels)`; each side at least 32.

    Returns:
        By name, functions without arguments that return a new `keras.Model`, not compiled, from
        `(batch, *input_shape)` to logits `(batch, classes)`.

    Example:
        >>> from course_lib.models import small_architectures
        >>> list(small_architectures())[:4]
        ['LeNet-5', 'AlexNet', 'VGG', 'GoogLeNet']
        >>> small_architectures(classes=3)["ResNet-20"]().output_shape
        (None, 3)
    """
    return {
        name: partial(build, classes=classes, input_shape=tuple(input_shape), **settings)
        for name, (build, settings) in _SETTINGS.items()
    }
