"""How good the samples of a generator of digits are."""

from __future__ import annotations

from typing import NamedTuple

import keras
import numpy as np
from numpy.typing import ArrayLike

from course_lib.models.digit_judge import NO_DIGIT, digit_judge


class SampleQuality(NamedTuple):
    """The result of `sample_quality`.

    Attributes:
        confidence: Mean probability of the most probable digit, from 0 to 1.
        digits: Effective number of different digits, from 1 to 10.
        shares: Share of each digit, 0 to 9, among the samples; they add up to 1.
    """

    confidence: float
    digits: float
    shares: np.ndarray


def sample_quality(images: ArrayLike) -> SampleQuality:
    """Judge generated images: how certainly are they digits, and how many different ones?

    A generator can fail in two ways, so two numbers are needed, as in the inception score
    (Salimans et al. 2016, §4): a thousand copies of one perfect seven have full confidence. The
    effective number of digits is e to the entropy of their shares: 10 for ten equally frequent
    digits, 1 for a single one.

    Args:
        images: Array `(n, 28, 28)` or `(n, 784)`: uint8, or float in [0, 1], with bright ink.

    Raises:
        ValueError: There are no images, or they have another shape or range.

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
    probabilities = keras.ops.convert_to_numpy(digit_judge()(_as_inputs(images)))[:, :NO_DIGIT]
    # Each sample counts with the probability of its digit; "no digit" counts for none.
    weights = np.bincount(probabilities.argmax(axis=-1), probabilities.max(axis=-1), NO_DIGIT)
    shares = weights / max(weights.sum(), 1e-9)
    entropy = -np.sum(shares * np.log(np.maximum(shares, 1e-12)))
    return SampleQuality(float(probabilities.max(axis=-1).mean()), float(np.exp(entropy)), shares)


def _as_inputs(images: ArrayLike) -> np.ndarray:
    images = np.asarray(images)
    if images.dtype == np.uint8:
        images = images / 255
    if images.size == 0 or images.size != len(images) * 28 * 28:
        raise ValueError(f"The judge takes images (n, 28, 28); these are {images.shape}.")
    if images.min() < -0.01 or images.max() > 1.01:
        raise ValueError(
            f"The judge takes pixels from 0 to 1; these go from {images.min():.2f} to "
            f"{images.max():.2f}. Convert pixels in [-1, 1] with (pixels + 1) / 2."
        )
    return images.reshape(-1, 28, 28).astype("float32")
