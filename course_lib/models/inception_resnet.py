"""Inception-ResNet-v2."""

from __future__ import annotations

from collections.abc import Sequence

import keras

from course_lib.blocks import conv_block, inception_resnet_block
from course_lib.models.scaled import scaled
from course_lib.models.stem import is_small

# Branches of convolutions: (filters, kernel size), and a stride where it is not 1.
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
    """Inception-ResNet-v2: inception modules whose output is added to what they were given.

    Szegedy et al. 2017, §3.2, as its authors released it: figure 15 has 5, 10 and 5 modules, the
    released model 10, 20 and 10, a simpler stem and a first inception module of 320 feature maps.
    `keras.applications` has the same layers in the same order. The dropout before the last layer
    (figure 15) is left out, as there.

    Args:
        classes: Number of classes.
        input_shape: `(height, width, channels)`: at least 75 each side; with the small stem, 15.
        width: Every layer but the last has this share of the feature maps.
        stem: "paper": convolutions and poolings that divide the sides by about 8; "small": two
            convolutions and one pooling, for images of about 32×32.
        repeats: Inception-ResNet modules of kinds A, B and C, each 1 or more.

    Returns:
        A `keras.Model`, not compiled, from `(batch, *input_shape)` to logits `(batch, classes)`.

    Raises:
        ValueError: There is no such stem.

    Example:
        >>> from course_lib.models import inception_resnet
        >>> small = {"width": 1 / 8, "stem": "small", "repeats": (1, 1, 1)}
        >>> inception_resnet(10, (32, 32, 3), **small).output_shape
        (None, 10)
    """

    def share(branches):
        return [[(scaled(f, width), *rest) for f, *rest in branch] for branch in branches]

    def chain(x, *steps):
        [steps] = share([steps])
        for filters, size, *more in steps:
            # What shrinks the maps has no padding.
            strides, padding = more if len(more) == 2 else (*more, "valid") if more else (1, "same")
            x = conv_block(filters, size, strides, padding=padding, scale=False)(x)
        return x

    def side_by_side(x, branches, pooled):
        return keras.layers.Concatenate()([*(chain(x, *b) for b in branches), pooled])

    def repeated(x, branches, scale, times):
        for _ in range(times):
            x = inception_resnet_block(share(branches), scale)(x)
        return x

    def pool(x):
        return keras.layers.MaxPooling2D(3, strides=2)(x)

    inputs = keras.Input(tuple(input_shape))
    if is_small(stem, "inception_resnet"):
        x = pool(chain(inputs, (32, 3), (192, 3)))
    else:
        x = pool(chain(inputs, (32, 3, 2), (32, 3, 1, "valid"), (64, 3)))
        x = pool(chain(x, (80, 1), (192, 3, 1, "valid")))
    means = keras.layers.AveragePooling2D(3, strides=1, padding="same")(x)
    x = side_by_side(x, MIXED_5B, chain(means, (64, 1)))
    x = repeated(x, BLOCK_A, SCALES[0], repeats[0])
    x = side_by_side(x, REDUCTION_A, pool(x))
    x = repeated(x, BLOCK_B, SCALES[1], repeats[1])
    x = side_by_side(x, REDUCTION_B, pool(x))
    x = repeated(x, BLOCK_C, SCALES[2], repeats[2] - 1)
    x = inception_resnet_block(share(BLOCK_C), 1.0, "linear")(x)
    x = chain(x, (1536, 1))
    x = keras.layers.GlobalAveragePooling2D()(x)
    x = keras.layers.Dense(classes, name="predictions")(x)
    return keras.Model(inputs, x, name="inception_resnet")
