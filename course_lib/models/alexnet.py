"""AlexNet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras

from course_lib.models.image_input import image_input
from course_lib.models.is_small_stem import is_small_stem


def alexnet(
    classes: int = 1000,
    input_shape: Sequence[int] = (227, 227, 3),
    width: float = 1.0,
    stem: str = "paper",
    activation: str = "relu",
    dropout: float = 0.5,
    groups: int = 2,
) -> keras.Model:
    """Build AlexNet: five convolutions, three of them with max-pooling, and three dense layers.

    Krizhevsky, Sutskever & Hinton 2012, figure 2 and §3.5. Pooling windows of 3×3 overlap (§3.4);
    dropout in the first two dense layers (§4.2). In the paper, each of two GPUs has half of the
    maps and sees those of the other only in the third convolution; here convolutions 2, 4 and 5
    have two groups. The text says 224×224, but its 55×55 maps need 227×227. Its local response
    normalisation (§3.3) is left out: it has no weights, and does not help (Simonyan & Zisserman
    2015, §4.1).

    Args:
        classes: Number of classes.
        input_shape: `(height, width, channels)`: each side at least 67; with the small stem, 15.
        width: Share of the paper's maps or units in every layer except the last.
        stem: "paper": a first convolution of 11×11 with stride 4; "small": 3×3 with stride 1, for
            images of about 32×32.
        activation: Name of the activation of all layers except the last. The paper compares ReLU
            with tanh in figure 1.
        dropout: Share of the dense layers' outputs set to 0 during training, in [0, 1).
        groups: Number of groups in convolutions 2, 4 and 5; with 1, every map sees every other.

    Returns:
        A `keras.Model`, not compiled, from `(batch, *input_shape)` to logits `(batch, classes)`.

    Raises:
        ValueError: Unknown stem, or a side is too small.

    Example:
        >>> from course_lib.models import alexnet
        >>> model = alexnet(10, (32, 32, 3), width=1 / 8, stem="small")
        >>> model.output_shape, model.count_params()
        ((None, 10), 452154)
    """

    def scale(maps: int) -> int:
        return groups * max(1, round(width * maps / groups))

    def conv(maps: int, size: int, number: int, **settings: Any) -> keras.Layer:
        settings = {"padding": "same", "activation": activation, **settings}
        return keras.layers.Conv2D(scale(maps), size, name=f"conv{number}", **settings)

    def pool(number: int) -> keras.Layer:
        return keras.layers.MaxPooling2D(3, strides=2, name=f"pool{number}")

    small = is_small_stem(stem, "alexnet")
    inputs = x = image_input(input_shape, smallest=15 if small else 67)
    x = conv(96, 3, 1)(x) if small else conv(96, 11, 1, strides=4, padding="valid")(x)
    x = pool(1)(x)
    x = pool(2)(conv(256, 5, 2, groups=groups)(x))
    x = conv(384, 3, 3)(x)
    x = conv(384, 3, 4, groups=groups)(x)
    x = pool(5)(conv(256, 3, 5, groups=groups)(x))
    x = keras.layers.Flatten()(x)
    for number in (6, 7):
        x = keras.layers.Dense(scale(4096), activation=activation, name=f"fc{number}")(x)
        x = keras.layers.Dropout(dropout)(x)
    x = keras.layers.Dense(classes, name="predictions")(x)
    return keras.Model(inputs, x, name="alexnet")
