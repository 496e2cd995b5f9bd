"""A fixed classifier that judges generated digits."""

from __future__ import annotations

from functools import lru_cache

import keras

from course_lib.models.load_fixed_weights import load_fixed_weights

NO_DIGIT = 10
WEIGHTS = "digit_judge.npz"


@lru_cache(maxsize=1)
def digit_judge() -> keras.Model:
    """Return the classifier with its fixed weights.

    `tools/train_digit_judge.py` trained it on real and stand-in digits, and on images without a
    digit: noise, two overlapping digits, fragments. Its eleventh class, "no digit", is for images
    that a classifier of ten classes would wrongly assign to a digit.

    Returns:
        A `keras.Model` from images `(batch, 28, 28)`, float in [0, 1], to probabilities
        `(batch, 11)` of the digits 0 to 9 and of "no digit".

    Example:
        >>> digit_judge().output_shape
        (None, 11)
    """
    return load_fixed_weights(judge_network(), WEIGHTS)


def judge_network() -> keras.Model:
    """Build the layers of the classifier, untrained.

    Example:
        >>> judge_network().count_params() < 100_000
        True
    """
    return keras.Sequential(
        [
            keras.Input((28, 28)),
            keras.layers.Reshape((28, 28, 1)),
            keras.layers.Conv2D(16, 5, strides=2, padding="same", activation="relu"),
            keras.layers.Conv2D(32, 5, strides=2, padding="same", activation="relu"),
            keras.layers.Flatten(),
            keras.layers.Dropout(0.3),
            keras.layers.Dense(48, activation="relu"),
            keras.layers.Dense(NO_DIGIT + 1, activation="softmax"),
        ]
    )
