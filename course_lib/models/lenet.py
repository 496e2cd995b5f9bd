"""LeNet-5."""

from __future__ import annotations

from collections.abc import Sequence

import keras

from course_lib.models.image_input import image_input
from course_lib.models.scale_width import scale_width


def lenet(
    classes: int = 10,
    input_shape: Sequence[int] = (32, 32, 1),
    width: float = 1.0,
    activation: str = "tanh",
) -> keras.Model:
    """Build LeNet-5: two convolutions with subsampling and three fully connected layers.

    Layers are named as in LeCun et al. 1998, §II.B and figure 2: "C1", "S2", "C3", "S4", "C5",
    "F6". The paper describes C5 as a 5×5 convolution over a 5×5 map, which is a dense layer. Three
    parts are simpler than in 1998: every map of S2 is connected to all sixteen of C3 (in the
    paper's table I to ten: 1,516 parameters instead of 2,416); subsampling averages, without a
    weight and a bias for each map (12 and 32 parameters); the output is a dense layer (850)
    instead of fixed radial basis functions. Therefore it has 61,706 parameters, and the paper
    60,000 trainable ones.

    Args:
        classes: Number of classes.
        input_shape: `(height, width, channels)`: height and width at least 16. In the paper, a
            28×28 digit has two pixels of background around it.
        width: Share of the paper's maps or units in every layer except the last.
        activation: Name of the activation; the paper has a scaled tanh.

    Returns:
        A `keras.Model`, not compiled, from `(batch, *input_shape)` to logits `(batch, classes)`.

    Raises:
        ValueError: A side is too small.

    Example:
        >>> from course_lib.models import lenet
        >>> lenet().count_params()    # 156 + 2,416 + 48,120 + 10,164 + 850
        61706
        >>> [lenet().get_layer(name).output.shape[1:] for name in ("C1", "S2", "C3", "S4")]
        [(28, 28, 6), (14, 14, 6), (10, 10, 16), (5, 5, 16)]
    """

    def scale(maps: int) -> int:
        return scale_width(maps, width)

    inputs = x = image_input(input_shape, smallest=16)
    x = keras.layers.Conv2D(scale(6), 5, activation=activation, name="C1")(x)
    x = keras.layers.AveragePooling2D(2, name="S2")(x)
    x = keras.layers.Conv2D(scale(16), 5, activation=activation, name="C3")(x)
    x = keras.layers.AveragePooling2D(2, name="S4")(x)
    x = keras.layers.Flatten()(x)
    x = keras.layers.Dense(scale(120), activation=activation, name="C5")(x)
    x = keras.layers.Dense(scale(84), activation=activation, name="F6")(x)
    x = keras.layers.Dense(classes, name="predictions")(x)
    return keras.Model(inputs, x, name="lenet")
