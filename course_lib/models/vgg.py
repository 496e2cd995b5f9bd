"""VGG, in the five configurations of its paper."""

from __future__ import annotations

from collections.abc import Sequence

import keras

from course_lib.blocks import vgg_block
from course_lib.blocks.conv_block import MOMENTUM
from course_lib.models.image_input import image_input

# Simonyan & Zisserman 2015, table 1: kernel sizes of the convolutions in each block.
CONFIGURATIONS: dict[str, tuple[tuple[int, ...], ...]] = {
    "A": ((3,), (3,), (3, 3), (3, 3), (3, 3)),
    "B": ((3, 3), (3, 3), (3, 3), (3, 3), (3, 3)),
    "C": ((3, 3), (3, 3), (3, 3, 1), (3, 3, 1), (3, 3, 1)),
    "D": ((3, 3), (3, 3), (3, 3, 3), (3, 3, 3), (3, 3, 3)),
    "E": ((3, 3), (3, 3), (3, 3, 3, 3), (3, 3, 3, 3), (3, 3, 3, 3)),
}
FILTERS = (64, 128, 256, 512, 512)
FULLY_CONNECTED = 4096


def vgg(
    configuration: str = "D",
    classes: int = 1000,
    input_shape: Sequence[int] = (224, 224, 3),
    width: float = 1.0,
    dropout: float = 0.5,
    batch_norm: bool = False,
    include_top: bool = True,
) -> keras.Model:
    """Build VGG: five blocks of small convolutions, then three fully connected layers.

    D is also called VGG16, and E VGG19, after the number of layers with weights. Layers are named
    as in `keras.applications.VGG16`: "block1_conv1", …, "block5_pool", "fc1", "fc2". The model
    returns logits (Simonyan & Zisserman 2015, table 1; dropout after the first two fully connected
    layers: §3.1).

    At full width it has 133 to 144 million parameters, more than half a gigabyte.

    Args:
        configuration: "A", "B", "C", "D" or "E".
        classes: Number of classes.
        input_shape: `(height, width, channels)`; height and width at least 32.
        width: Share of the paper's feature maps or units in every layer except the last.
        dropout: Share of the fully connected layers' outputs set to 0 during training.
        batch_norm: Add batch normalisation after each convolution; not yet known in 2014.
        include_top: Add the three fully connected layers; without them the model ends at
            "block5_pool".

    Returns:
        A `keras.Model`, not compiled, from `(batch, *input_shape)` to logits `(batch, classes)`,
        or without the top to `(batch, height // 32, width // 32, filters)`.

    Raises:
        ValueError: Unknown configuration, or a side is too small.

    Example:
        >>> from course_lib.models import vgg
        >>> vgg("A", classes=10, input_shape=(32, 32, 3), width=1 / 16).count_params()
        113090
        >>> vgg("D", width=1 / 16, include_top=False).output_shape
        (None, 7, 7, 32)
    """
    if configuration not in CONFIGURATIONS:
        raise ValueError(
            f"There is no VGG configuration {configuration!r}; there are A, B, C, D and E."
        )
    inputs = x = image_input(input_shape, smallest=32)
    blocks = zip(FILTERS, CONFIGURATIONS[configuration], strict=True)
    for number, (filters, kernel_sizes) in enumerate(blocks, start=1):
        block = vgg_block(
            round(width * filters), kernel_sizes, batch_norm, f"block{number}", MOMENTUM
        )
        x = block(x)
    if include_top:
        x = keras.layers.Flatten(name="flatten")(x)
        for number in (1, 2):
            units = round(width * FULLY_CONNECTED)
            x = keras.layers.Dense(units, activation="relu", name=f"fc{number}")(x)
            x = keras.layers.Dropout(dropout)(x)
        x = keras.layers.Dense(classes, name="predictions")(x)
    return keras.Model(inputs, x, name=f"vgg_{configuration}")
