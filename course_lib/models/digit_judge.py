"""A fixed classifier that says how much made-up images look like digits, and like which."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

import keras
import numpy as np

NO_DIGIT = 10
WEIGHTS = "digit_judge.npz"


class SampleQuality(NamedTuple):
    """What `sample_quality` finds.

    Args:
        confidence: Mean probability of the most probable digit, from 0 to 1.
        digits: Effective number of different digits, from 1 to 10.
        shares: Share of each digit, 0 to 9, among the samples; together 1.
    """

    confidence: float
    digits: float
    shares: np.ndarray


def sample_quality(images) -> SampleQuality:
    """Judge images that a generator made: how sure are they digits, and of how many kinds?

    A generator can fail in two ways, so it takes two numbers, as in the inception score (Salimans
    et al. 2016, §4), and one alone says nothing: a single perfect seven, a thousand times over,
    has full confidence. The number of kinds is e to the entropy of their shares: 10 for ten
    equally frequent digits, 1 for one digit only.

    Args:
        images: Array `(n, 28, 28)` or `(n, 784)`: uint8, or float in [0, 1], ink bright.

    Returns:
        `SampleQuality(confidence, digits, shares)`.

    Raises:
        ValueError: There is no image, or they have another shape or range.

    Example:
        >>> import numpy as np
        >>> from course_lib import data
        >>> _, (images, _) = data.load("mnist", source="offline", profile="quick")
        ... # doctest: +ELLIPSIS
        course_lib.data: ...
        >>> quality = sample_quality(images)
        >>> quality.confidence > 0.9, quality.digits > 9.5
        (True, True)
        >>> sample_quality(np.random.default_rng(0).uniform(size=(100, 28, 28))).confidence < 0.1
        True
    """
    probabilities = digit_judge()(_as_inputs(images)).numpy()[:, :NO_DIGIT]
    # Whatever is no digit at all counts among the samples, but has no kind.
    kinds = np.bincount(probabilities.argmax(axis=-1), probabilities.max(axis=-1), NO_DIGIT)
    shares = kinds / max(kinds.sum(), 1e-9)
    entropy = -np.sum(shares * np.log(np.maximum(shares, 1e-12)))
    return SampleQuality(float(probabilities.max(axis=-1).mean()), float(np.exp(entropy)), shares)


@lru_cache(maxsize=1)
def digit_judge() -> keras.Model:
    """The classifier, with the weights that it was shipped with: always the same.

    It was trained by `python tools/train_digit_judge.py` on real and stand-in digits,
    and on images that are none: noise, two digits in one place, digits in pieces. So it has an
    eleventh class, "no digit", for what a classifier of ten would call a digit all the same.

    Returns:
        A `keras.Model` from images `(batch, 28, 28)`, float in [0, 1], to probabilities
        `(batch, 11)` of the digits 0 to 9 and of "no digit".

    Example:
        >>> digit_judge().output_shape
        (None, 11)
    """
    model = judge_network()
    with files("course_lib.models").joinpath(WEIGHTS).open("rb") as file, np.load(file) as kept:
        model.set_weights([kept[name].astype("float32") for name in kept.files])
    model.trainable = False
    return model


def judge_network() -> keras.Model:
    """The classifier's layers, untrained.

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


def _as_inputs(images) -> np.ndarray:
    images = np.asarray(images)
    if images.dtype == np.uint8:
        images = images / 255
    if images.size == 0 or images.size != len(images) * 28 * 28:
        raise ValueError(f"The judge takes images (n, 28, 28); these are {images.shape}.")
    if images.min() < -0.01 or images.max() > 1.01:
        raise ValueError(
            f"The judge takes pixels from 0 to 1; these go from {images.min():.2f} to "
            f"{images.max():.2f}. Pixels in [-1, 1] become that by (pixels + 1) / 2."
        )
    return images.reshape(-1, 28, 28).astype("float32")
