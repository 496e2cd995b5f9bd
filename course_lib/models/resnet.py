"""ResNet for ImageNet, in the five depths of its paper."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras

from course_lib.blocks import residual_block
from course_lib.blocks.conv_block import MOMENTUM
from course_lib.models.image_input import image_input
from course_lib.models.is_small_stem import is_small_stem

# He et al. 2016, table 1: numbers of blocks in conv2_x to conv5_x; whether they are bottlenecks.
DEPTHS = {
    18: ((2, 2, 2, 2), False),
    34: ((3, 4, 6, 3), False),
    50: ((3, 4, 6, 3), True),
    101: ((3, 4, 23, 3), True),
    152: ((3, 8, 36, 3), True),
}
FILTERS = (64, 128, 256, 512)
EPSILON = 1.001e-5  # as in keras.applications; the released models have 1e-5


def resnet(
    depth: int = 50,
    classes: int = 1000,
    input_shape: Sequence[int] = (224, 224, 3),
    width: float = 1.0,
    stem: str = "paper",
    residual: bool = True,
    stride_in: str = "1x1",
    use_bias: bool = True,
) -> keras.Model:
    """Build ResNet: residual blocks in four stages of 64 to 512 maps (He et al. 2016, table 1).

    If shapes differ, the shortcut is a 1×1 convolution (option B). By default ResNet-50, -101
    and -152 have the same weights as in `keras.applications`.

    Args:
        depth: 18 or 34 with basic blocks; 50, 101 or 152 with bottlenecks.
        classes: Number of classes.
        input_shape: `(height, width, channels)`.
        width: Share of the paper's feature maps in every layer except the last.
        stem: "paper": 7×7 with stride 2, then max-pooling; "small": 3×3 with stride 1, for
            images of about 32×32.
        residual: False omits all shortcuts: the paper's plain network (§3.3).
        stride_in: The convolution of a bottleneck that has the stride: "1x1", the first one, as in
            the paper (ResNet-50: 3.8 billion multiply-adds), or "3x3", as in most later networks
            (4.1 billion).
        use_bias: Give the convolutions a bias, although batch normalisation subtracts it, as in
            `keras.applications`. Without, ResNet-50 has 25,557,032 trainable weights.

    Returns:
        A `keras.Model`, not compiled, from `(batch, *input_shape)` to logits `(batch, classes)`.

    Raises:
        ValueError: Unknown depth, stem or `stride_in`.

    Example:
        >>> from course_lib.models import resnet
        >>> model = resnet(18, 10, (32, 32, 3), width=1 / 8, stem="small", use_bias=False)
        >>> model.output_shape, model.count_params()
        ((None, 10), 177602)
    """
    if depth not in DEPTHS:
        raise ValueError(
            f"There is no ResNet of {depth} layers in the paper's table; there are 18, 34, 50, "
            "101 and 152. cifar_resnet builds those with 6n + 2 layers."
        )
    counts, bottleneck = DEPTHS[depth]
    settings: dict[str, Any] = {
        "use_bias": use_bias,
        "epsilon": EPSILON,
        "shortcut": "projection" if residual else None,
        "stride_in": stride_in,
    }
    inputs = x = image_input(input_shape)
    small, first = is_small_stem(stem, "resnet"), round(width * FILTERS[0])
    if small:
        x = keras.layers.Conv2D(first, 3, padding="same", use_bias=use_bias)(x)
    else:
        x = keras.layers.ZeroPadding2D(3)(x)
        x = keras.layers.Conv2D(first, 7, strides=2, use_bias=use_bias)(x)
    x = keras.layers.BatchNormalization(momentum=MOMENTUM, epsilon=EPSILON)(x)
    x = keras.layers.ReLU()(x)
    if not small:
        x = keras.layers.MaxPooling2D(3, strides=2)(keras.layers.ZeroPadding2D(1)(x))
    for stage, (filters, blocks) in enumerate(zip(FILTERS, counts, strict=True)):
        for number in range(blocks):
            strides = 2 if stage and not number else 1
            x = residual_block(round(width * filters), strides, bottleneck, **settings)(x)
    x = keras.layers.GlobalAveragePooling2D()(x)
    x = keras.layers.Dense(classes, name="predictions")(x)
    return keras.Model(inputs, x, name=f"{'resnet' if residual else 'plain'}_{depth}")
