"""GoogLeNet."""

from __future__ import annotations

from collections.abc import Sequence

import keras

from course_lib.blocks import conv_block, inception_block
from course_lib.models.scaled import scaled
from course_lib.models.stem import is_small

# Szegedy et al. 2015, table 1: of each module 1×1; 3×3 reduce, 3×3; 5×5 reduce, 5×5; pool proj.
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
    """GoogLeNet: nine inception modules, then the mean of each feature map and one dense layer.

    Szegedy et al. 2015, table 1 and §5. Layers that put a module's branches together are named as
    there: "inception_3a" … "inception_5b". Its local response normalisation, which has no
    weights, is left out.

    Args:
        classes: Number of classes.
        input_shape: `(height, width, channels)`; with `auxiliary` at least 65 each side, and with
            the small stem 17.
        width: Every layer but the last has this share of the paper's maps or units.
        stem: "paper": 7×7 with stride 2, pooling, 1×1, 3×3, pooling. "small": 3×3 with stride 1
            and a pooling, for images of about 32×32.
        auxiliary: Two further classifiers look at modules 4a and 4d. They bring the gradient
            closer to the first layers and are thrown away after training; the paper adds their
            losses with a weight of 0.3.
        batch_norm: Batch normalisation in place of each convolution's bias (Ioffe & Szegedy
            2015), as nobody knew it in 2014.
        dropout: Share of the means set to 0 while training, in [0, 1).

    Returns:
        A `keras.Model`, not compiled, from `(batch, *input_shape)` to logits `(batch, classes)`;
        with `auxiliary` to a list of three such, the main classifier's first, named "logits",
        "auxiliary_1" and "auxiliary_2".

    Raises:
        ValueError: There is no such stem, or the auxiliary classifiers have too small maps.

    Example:
        >>> from course_lib.models import googlenet
        >>> small = {"classes": 10, "input_shape": (32, 32, 3), "width": 1 / 8, "stem": "small"}
        >>> googlenet(**small).output_shape
        (None, 10)
        >>> googlenet(**small, auxiliary=True).output_shape
        [(None, 10), (None, 10), (None, 10)]
    """

    def share(maps):
        return scaled(maps, width)

    def conv(maps, size, strides=1):
        return conv_block(share(maps), size, strides, batch_norm=batch_norm)

    def pool(x):
        return keras.layers.MaxPooling2D(3, strides=2, padding="same")(x)

    inputs = x = keras.Input(tuple(input_shape))
    if is_small(stem, "googlenet"):
        x = pool(conv(192, 3)(x))
    else:
        x = pool(conv(64, 7, 2)(x))
        x = pool(conv(192, 3)(conv(64, 1)(x)))
    extra = []
    for name, maps in MODULES.items():
        x = inception_block(*map(share, maps), batch_norm, f"inception_{name}")(x)
        if auxiliary and name in AUXILIARY_AFTER:
            extra.append(_auxiliary(x, conv, share, classes, f"auxiliary_{len(extra) + 1}"))
        if name in POOL_AFTER:
            x = pool(x)
    x = keras.layers.GlobalAveragePooling2D()(x)
    x = keras.layers.Dropout(dropout)(x)
    x = keras.layers.Dense(classes, name="logits")(x)
    return keras.Model(inputs, [x, *extra] if auxiliary else x, name="googlenet")


def _auxiliary(x, conv, share, classes, name):
    """Szegedy et al. 2015, §5: 5×5 means with stride 3, 1×1, a dense layer, dropout of 70 %."""
    if min(x.shape[1:3]) < 5:
        raise ValueError(
            f"The auxiliary classifiers average windows of 5 × 5, and the maps of module 4a are "
            f"{x.shape[1]} × {x.shape[2]}: give larger images, or auxiliary=False."
        )
    x = keras.layers.AveragePooling2D(5, strides=3)(x)
    x = keras.layers.Flatten()(conv(128, 1)(x))
    x = keras.layers.Dense(share(1024), activation="relu")(x)
    x = keras.layers.Dropout(0.7)(x)
    return keras.layers.Dense(classes, name=name)(x)
