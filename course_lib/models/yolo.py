"""YOLO: boxes and classes in one pass."""

from __future__ import annotations

from collections.abc import Sequence

import keras

from course_lib.check_counts import check_counts
from course_lib.models.check_sizes import check_sizes


def yolo(
    classes: int = 3,
    boxes: int = 2,
    filters: Sequence[int] = (8, 16, 32),
    last: Sequence[int] = (64, 64),
    input_shape: Sequence[int | None] = (None, None, 3),
) -> keras.Model:
    """Build a small one-pass detector after Redmon et al. 2016, §2.1.

    Each cell of a grid predicts `boxes` boxes, a confidence for each of them, and the probabilities
    of the classes. The paper's network has 24 convolutional layers and two dense ones; this one is
    convolutional throughout, so it takes images of any size, and has batch normalisation, as
    YOLOv2 does (Redmon & Farhadi 2017).

    Args:
        classes: Number of classes.
        boxes: Boxes of each cell.
        filters: Filters of the convolutions that are followed by 2 × 2 max-pooling: with three of
            them, a cell covers 8 × 8 pixels.
        last: Filters of the convolutions after them.
        input_shape: `(height, width, channels)`; None for any size.

    Returns:
        A `keras.Model`, not compiled, from images `(batch, height, width, channels)`, scaled to
        [-1, 1], to numbers in (0, 1), `(batch, rows, columns, 5 · boxes + classes)`: for each box
        the centre inside the cell, width and height relative to the image, and the confidence;
        then the classes.

    Example:
        >>> yolo(input_shape=(64, 64, 3)).output_shape
        (None, 8, 8, 13)
        >>> yolo(classes=20, filters=(4,) * 6, last=(4,), input_shape=(448, 448, 3)).output_shape
        (None, 7, 7, 30)
    """
    check_counts(classes=classes, boxes=boxes)
    check_sizes(filters=filters, last=last, input_shape=input_shape)
    inputs = x = keras.Input(tuple(input_shape))
    for number, width in enumerate([*filters, *last]):
        x = keras.layers.Conv2D(width, 3, padding="same", use_bias=False)(x)
        # With Keras' 0.99, the averages keep their initial values for hundreds of updates.
        x = keras.layers.BatchNormalization(momentum=0.9)(x)
        x = keras.layers.ReLU()(x)
        if number < len(filters):
            x = keras.layers.MaxPooling2D(2)(x)
    x = keras.layers.Conv2D(5 * boxes + classes, 1, activation="sigmoid", name="predictions")(x)
    return keras.Model(inputs, x, name="yolo")
