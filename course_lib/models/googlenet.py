"""GoogLeNet."""

from __future__ import annotations

from collections.abc import Sequence

import keras

from course_lib.blocks import Block, conv_block, inception_block
from course_lib.models.image_input import image_input
from course_lib.models.is_small_stem import is_small_stem
from course_lib.models.scale_width import scale_width

# Szegedy et al. 2015, table 1: 1×1; 3×3 reduce, 3×3; 5×5 reduce, 5×5; pool proj.
MODULES = {
    "3a": (64, 96, 128, 16, 32, 32),
    "3b": (128, 128, 192, 32, 96, 64),
    "4a": (192, 96, 208, 16, 48, 64),
    "4b": (160, 112, 224, 24, 64, 64),
    "4c": (128, 128, 256, 24, 64, 64),
    "4d": (112, 144, 288, 32, 64, 64),
    "4e": (256, 160, 320, 32, 128, 128),
    "5a": (256, 160, 320, 32, 128, 128),
    "5b": (384, 192, 384, 48, 128, 128),
}
POOL_AFTER = ("3b", "4e")
AUXILIARY_AFTER = ("4a", "4d")


def googlenet(
    classes: int = 1000,
    input_shape: Sequence[int] = (224, 224, 3),
    width: float = 1.0,
    stem: str = "paper",
    auxiliary: bool = False,
    batch_norm: bool = False,
    dropout: float = 0.4,
) -> keras.Model:
    """Build GoogLeNet: nine inception modules, global average pooling and one dense layer.

    Szegedy et al. 2015, table 1 and §5. The layers that concatenate the branches of a module are
    named as there: "inception_3a" … "inception_5b". Local response normalisation, which has no
    weights, is left out.

    Args:
        classes: Number of classes.
        input_shape: `(height, width, channels)`; with `auxiliary`, each side at least 65, and with
            the small stem 17.
        width: Share of the paper's maps or units in every layer except the last.
        stem: "paper": 7×7 with stride 2, pooling, 1×1, 3×3, pooling. "small": 3×3 with stride 1
            and pooling, for images of about 32×32.
        auxiliary: Add two classifiers after modules 4a and 4d. They bring the gradient closer to
            the first layers and are removed after training; the paper adds their losses with a
            weight of 0.3.
        batch_norm: Use batch normalisation instead of biases (Ioffe & Szegedy 2015; not yet
            known in 2014).
        dropout: Share of the pooled features set to 0 during training, in [0, 1).

    Returns:
        A `keras.Model`, not compiled, from `(batch, *input_shape)` to logits `(batch, classes)`;
        with `auxiliary`, to a list of three logits, named "logits", "auxiliary_1" and
        "auxiliary_2".

    Raises:
        ValueError: Unknown stem, or the maps are too small for the auxiliary classifiers.

    Example:
        >>> from course_lib.models import googlenet
        >>> small = {"classes": 10, "input_shape": (32, 32, 3), "width": 1 / 8, "stem": "small"}
        >>> googlenet(**small).output_shape
        (None, 10)
        >>> googlenet(**small, auxiliary=True).output_shape
        [(None, 10), (None, 10), (None, 10)]
    """

    def scale(maps: int) -> int:
        return scale_width(maps, width)

    def conv(maps: int, size: int, strides: int = 1) -> Block:
        return conv_block(scale(maps), size, strides, batch_norm=batch_norm)

    def pool(x: keras.KerasTensor) -> keras.KerasTensor:
        return keras.layers.MaxPooling2D(3, strides=2, padding="same")(x)

    inputs = x = image_input(input_shape)
    if is_small_stem(stem, "googlenet"):
        x = pool(conv(192, 3)(x))
    else:
        x = pool(conv(64, 7, 2)(x))
        x = pool(conv(192, 3)(conv(64, 1)(x)))
    extra: list[keras.KerasTensor] = []
    for name, maps in MODULES.items():
        one, reduce_3, three, reduce_5, five, pooled = map(scale, maps)
        x = inception_block(
            one, reduce_3, three, reduce_5, five, pooled, batch_norm, f"inception_{name}"
        )(x)
        if auxiliary and name in AUXILIARY_AFTER:
            number = len(extra) + 1
            extra.append(_classify(x, conv(128, 1), scale(1024), classes, f"auxiliary_{number}"))
        if name in POOL_AFTER:
            x = pool(x)
    x = keras.layers.GlobalAveragePooling2D()(x)
    x = keras.layers.Dropout(dropout)(x)
    x = keras.layers.Dense(classes, name="logits")(x)
    return keras.Model(inputs, [x, *extra] if auxiliary else x, name="googlenet")


def _classify(
    x: keras.KerasTensor, conv: Block, units: int, classes: int, name: str
) -> keras.KerasTensor:
    """Apply an auxiliary classifier (Szegedy et al. 2015, §5)."""
    if min(x.shape[1:3]) < 5:
        raise ValueError(
            f"The auxiliary classifiers average windows of 5 × 5, and the maps of module 4a are "
            f"{x.shape[1]} × {x.shape[2]}: use larger images, or auxiliary=False."
        )
    x = keras.layers.AveragePooling2D(5, strides=3)(x)
    x = keras.layers.Flatten()(conv(x))
    x = keras.layers.Dense(units, activation="relu")(x)
    x = keras.layers.Dropout(0.7)(x)
    return keras.layers.Dense(classes, name=name)(x)
