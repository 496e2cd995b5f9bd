"""LeNet-5."""

from __future__ import annotations

from collections.abc import Sequence

import keras

from course_lib.models.scaled import scaled


def lenet(
    classes: int = 10,
    input_shape: Sequence[int] = (32, 32, 1),
    width: float = 1.0,
    activation: str = "tanh",
) -> keras.Model:
    """LeNet-5: two convolutions with subsampling and three fully connected layers.

    Layers are named as in LeCun et al. 1998, §II.B and figure 2: "C1", "S2", "C3", "S4", "C5",
    "F6". C5 is written there as a 5×5 convolution over a 5×5 map, which is a dense layer. Three
    things are simpler than in 1998: every map of S2 goes into all sixteen of C3 (in the paper's
    table I into ten: 1,516 weights in place of 2,416); subsampling averages, without a weight and
    a bias for each map (12 and 32); the output is a dense layer (850) in place of fixed radial
    basis functions. So there are 61,706 parameters here, and 60,000 to be learnt in the paper.

    Args:
        classes: Number of classes.
        input_shape: `(height, width, channels)`: height and width at least 16. A 28×28 digit has
            two pixels of background around it in the paper.
        width: Every layer but the last has this share of the paper's maps or units.
        activation: Name of the activation; the paper's is a scaled tanh.

    Returns:
        A `keras.Model`, not compiled, from `(batch, *input_shape)` to logits `(batch, classes)`.

    Example:
        >>> from course_lib.models import lenet
        >>> lenet().count_params()    # 156 + 2,416 + 48,120 + 10,164 + 850
        61706
        >>> [lenet().get_layer(name).output.shape[1:] for name in ("C1", "S2", "C3", "S4")]
        [(28, 28, 6), (14, 14, 6), (10, 10, 16), (5, 5, 16)]
    """

    def share(maps):
        return scaled(maps, width)

    inputs = x = keras.Input(tuple(input_shape))
    x = keras.layers.Conv2D(share(6), 5, activation=activation, name="C1")(x)
    x = keras.layers.AveragePooling2D(2, name="S2")(x)
    x = keras.layers.Conv2D(share(16), 5, activation=activation, name="C3")(x)
    x = keras.layers.AveragePooling2D(2, name="S4")(x)
    x = keras.layers.Flatten()(x)
    x = keras.layers.Dense(share(120), activation=activation, name="C5")(x)
    x = keras.layers.Dense(share(84), activation=activation, name="F6")(x)
    x = keras.layers.Dense(classes, name="predictions")(x)
    return keras.Model(inputs, x, name="lenet")
