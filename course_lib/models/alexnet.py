"""AlexNet."""

from __future__ import annotations

from collections.abc import Sequence

import keras

from course_lib.models.stem import is_small


def alexnet(
    classes: int = 1000,
    input_shape: Sequence[int] = (227, 227, 3),
    width: float = 1.0,
    stem: str = "paper",
    activation: str = "relu",
    dropout: float = 0.5,
    groups: int = 2,
) -> keras.Model:
    """AlexNet: five convolutions, three of them followed by max-pooling, and three dense layers.

    Krizhevsky, Sutskever & Hinton 2012, figure 2 and §3.5. Pooling windows of 3×3 overlap (§3.4);
    dropout in the first two dense layers (§4.2). In the paper two GPUs have half of the maps each
    and see each other's only in the third convolution: convolutions 2, 4 and 5 in two groups. The
    text says 224×224, but its 55×55 maps need 227×227. Its local response normalisation (§3.3) is
    left out: it has no weights, and was found not to help (Simonyan & Zisserman 2015, §4.1).

    Args:
        classes: Number of classes.
        input_shape: `(height, width, channels)`: at least 67 each side; with the small stem, 15.
        width: Every layer but the last has this share of the paper's maps or units.
        stem: "paper": a first convolution of 11×11 with stride 4; "small": 3×3 with stride 1, for
            images of about 32×32.
        activation: Name of the activation of all layers but the last. The paper compares ReLU
            with tanh in figure 1.
        dropout: Share of the dense layers' outputs set to 0 while training, in [0, 1).
        groups: Of convolutions 2, 4 and 5; 1 lets every map see every other.

    Returns:
        A `keras.Model`, not compiled, from `(batch, *input_shape)` to logits `(batch, classes)`.

    Raises:
        ValueError: There is no such stem.

    Example:
        >>> from course_lib.models import alexnet
        >>> model = alexnet(10, (32, 32, 3), width=1 / 8, stem="small")
        >>> model.output_shape, model.count_params()
        ((None, 10), 452154)
    """

    def share(maps):
        return groups * max(1, round(width * maps / groups))

    def conv(maps, size, number, **settings):
        settings = {"padding": "same", "activation": activation, **settings}
        return keras.layers.Conv2D(share(maps), size, name=f"conv{number}", **settings)

    def pool(number):
        return keras.layers.MaxPooling2D(3, strides=2, name=f"pool{number}")

    inputs = x = keras.Input(tuple(input_shape))
    if is_small(stem, "alexnet"):
        x = conv(96, 3, 1)(x)
    else:
        x = conv(96, 11, 1, strides=4, padding="valid")(x)
    x = pool(1)(x)
    x = pool(2)(conv(256, 5, 2, groups=groups)(x))
    x = conv(384, 3, 3)(x)
    x = conv(384, 3, 4, groups=groups)(x)
    x = pool(5)(conv(256, 3, 5, groups=groups)(x))
    x = keras.layers.Flatten()(x)
    for number in (6, 7):
        x = keras.layers.Dense(share(4096), activation=activation, name=f"fc{number}")(x)
        x = keras.layers.Dropout(dropout)(x)
    x = keras.layers.Dense(classes, name="predictions")(x)
    return keras.Model(inputs, x, name="alexnet")
