"""Inception-ResNet-v2."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras

from course_lib.blocks import conv_block, inception_resnet_block
from course_lib.models.image_input import image_input
from course_lib.models.is_small_stem import is_small_stem
from course_lib.models.scale_width import scale_width

# A branch of convolutions: (filters, kernel size), and the stride if it is not 1.
Branch = Sequence[tuple[Any, ...]]
Branches = Sequence[Branch]
MIXED_5B = (((96, 1),), ((48, 1), (64, 5)), ((64, 1), (96, 3), (96, 3)))
BLOCK_A = (((32, 1),), ((32, 1), (32, 3)), ((32, 1), (48, 3), (64, 3)))
REDUCTION_A = (((384, 3, 2),), ((256, 1), (256, 3), (384, 3, 2)))
BLOCK_B = (((192, 1),), ((128, 1), (160, (1, 7)), (192, (7, 1))))
REDUCTION_B = (((256, 1), (384, 3, 2)), ((256, 1), (288, 3, 2)), ((256, 1), (288, 3), (320, 3, 2)))
BLOCK_C = (((192, 1),), ((192, 1), (224, (1, 3)), (256, (3, 1))))
SCALES = (0.17, 0.1, 0.2)


def inception_resnet(
    classes: int = 1000,
    input_shape: Sequence[int] = (299, 299, 3),
    width: float = 1.0,
    stem: str = "paper",
    repeats: Sequence[int] = (10, 20, 10),
) -> keras.Model:
    """Build Inception-ResNet-v2: inception modules whose output is added to their input.

    Szegedy et al. 2017, §3.2, in the version that the authors released: figure 15 has 5, 10 and 5
    modules; the released model has 10, 20 and 10, a simpler stem and a first inception module of
    320 feature maps. `keras.applications` has the same layers in the same order, and also leaves
    out the dropout before the last layer (figure 15).

    Args:
        classes: Number of classes.
        input_shape: `(height, width, channels)`: each side at least 75; with the small stem, 15.
        width: Share of the feature maps in every layer except the last.
        stem: "paper": convolutions and poolings that divide height and width by about 8; "small":
            two convolutions and one pooling, for images of about 32×32.
        repeats: Numbers of Inception-ResNet modules A, B and C, each 1 or more.

    Returns:
        A `keras.Model`, not compiled, from `(batch, *input_shape)` to logits `(batch, classes)`.

    Raises:
        ValueError: Unknown stem, or a side is too small.

    Example:
        >>> from course_lib.models import inception_resnet
        >>> small = {"width": 1 / 8, "stem": "small", "repeats": (1, 1, 1)}
        >>> inception_resnet(10, (32, 32, 3), **small).output_shape
        (None, 10)
    """

    small = is_small_stem(stem, "inception_resnet")
    inputs = image_input(input_shape, smallest=15 if small else 75)
    if small:
        x = _pool(_chain(inputs, ((32, 3), (192, 3)), width))
    else:
        x = _pool(_chain(inputs, ((32, 3, 2), (32, 3, 1, "valid"), (64, 3)), width))
        x = _pool(_chain(x, ((80, 1), (192, 3, 1, "valid")), width))
    means = keras.layers.AveragePooling2D(3, strides=1, padding="same")(x)
    x = _concatenate(x, MIXED_5B, width, _chain(means, ((64, 1),), width))
    block_a, block_b, block_c = (_scale(block, width) for block in (BLOCK_A, BLOCK_B, BLOCK_C))
    for _ in range(repeats[0]):
        x = inception_resnet_block(block_a, SCALES[0])(x)
    x = _concatenate(x, REDUCTION_A, width, _pool(x))
    for _ in range(repeats[1]):
        x = inception_resnet_block(block_b, SCALES[1])(x)
    x = _concatenate(x, REDUCTION_B, width, _pool(x))
    for _ in range(repeats[2] - 1):
        x = inception_resnet_block(block_c, SCALES[2])(x)
    x = inception_resnet_block(block_c, 1.0, "linear")(x)
    x = _chain(x, ((1536, 1),), width)
    x = keras.layers.GlobalAveragePooling2D()(x)
    x = keras.layers.Dense(classes, name="predictions")(x)
    return keras.Model(inputs, x, name="inception_resnet")


def _scale(branches: Branches, width: float) -> list[list[Any]]:
    """Return the branches with the share `width` of their feature maps."""
    return [[(scale_width(f, width), *rest) for f, *rest in branch] for branch in branches]


def _chain(x: keras.KerasTensor, branch: Branch, width: float) -> keras.KerasTensor:
    for filters, size, *more in _scale([branch], width)[0]:
        # Convolutions that shrink the maps have no padding.
        strides, padding = more if len(more) == 2 else (*more, "valid") if more else (1, "same")
        x = conv_block(filters, size, strides, padding=padding, scale=False)(x)
    return x


def _concatenate(
    x: keras.KerasTensor, branches: Branches, width: float, pooled: keras.KerasTensor
) -> keras.KerasTensor:
    ends = [_chain(x, branch, width) for branch in branches]
    return keras.layers.Concatenate()([*ends, pooled])


def _pool(x: keras.KerasTensor) -> keras.KerasTensor:
    return keras.layers.MaxPooling2D(3, strides=2)(x)
