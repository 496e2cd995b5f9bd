"""ResNet for CIFAR-10 with any depth 6n + 2, and its plain counterpart."""

from __future__ import annotations

from collections.abc import Sequence

import keras

from course_lib.blocks import conv_block, residual_block
from course_lib.models.image_input import image_input

FILTERS = (16, 32, 64)


def cifar_resnet(
    depth: int = 20,
    classes: int = 10,
    input_shape: Sequence[int] = (32, 32, 3),
    width: float = 1.0,
    residual: bool = True,
) -> keras.Model:
    """Build the ResNet for CIFAR-10 (He et al. 2016, §4.2): three stages of n basic blocks.

    All shortcuts are identities, with zeros for missing channels (option A), so that the plain
    network without shortcuts has the same number of parameters.

    Args:
        depth: Number of layers with weights: 6n + 2. The paper has 20, 32, 44, 56 and 110.
        classes: Number of classes.
        input_shape: `(height, width, channels)`.
        width: Share of the paper's 16, 32 and 64 feature maps in every layer except the last.
        residual: False omits all shortcuts: the plain network of figure 6, left.

    Returns:
        A `keras.Model`, not compiled, from `(batch, *input_shape)` to logits `(batch, classes)`.

    Raises:
        ValueError: The depth is not 6n + 2.

    Example:
        >>> from course_lib.models import cifar_resnet
        >>> sum(int(w.shape.num_elements()) for w in cifar_resnet(20).trainable_weights)
        269722
        >>> cifar_resnet(20).count_params() == cifar_resnet(20, residual=False).count_params()
        True
    """
    blocks, rest = divmod(depth - 2, 6)
    if rest or blocks < 1:
        near = 6 * max(1, round((depth - 2) / 6)) + 2
        raise ValueError(f"depth={depth} is not 6n + 2 (three stages of n blocks); try {near}.")
    inputs = image_input(input_shape)
    x = conv_block(round(width * FILTERS[0]))(inputs)
    for stage, filters in enumerate(FILTERS):
        for number in range(blocks):
            strides = 2 if stage and not number else 1
            shortcut = "padded" if residual else None
            x = residual_block(round(width * filters), strides, shortcut=shortcut)(x)
    x = keras.layers.GlobalAveragePooling2D()(x)
    x = keras.layers.Dense(classes, name="predictions")(x)
    return keras.Model(inputs, x, name=f"{'resnet' if residual else 'plain'}_{depth}")
