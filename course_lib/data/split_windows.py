"""Windows of a time series, split by time."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from course_lib.data.sources.dataset import Examples


def split_windows(
    values: ArrayLike, share: float, steps: int, ahead: int
) -> tuple[Examples, Examples, float, float]:
    """Split a series by time, scale it, and cut windows from both sets.

    The mean and the standard deviation are those of the training set, and no window has values of
    both sets. (`keras.utils.timeseries_dataset_from_array` cuts windows, too, into batches of a
    `tf.data.Dataset`; it neither splits nor scales.)

    Args:
        values: The series, `(length,)`.
        share: Share of the values in the training set, between 0 and 1.
        steps: Values in a window.
        ahead: Values that follow it.

    Returns:
        `(x_train, y_train), (x_test, y_test), mean, deviation`: scaled windows, float32
        `(n, steps, 1)`, and what follows them, float32 `(n, ahead)`.

    Raises:
        ValueError: One of the sets is too short for a window.

    Example:
        >>> train, test, mean, deviation = split_windows(np.arange(10.0), 0.6, 2, 1)
        >>> train[0].shape, test[1].shape, mean
        ((4, 2, 1), (2, 1), 2.5)
    """
    series = np.asarray(values, dtype=float)
    cut = int(share * len(series))
    shortest = min(cut, len(series) - cut)
    if shortest < steps + ahead:
        raise ValueError(
            f"A window of {steps} values and the {ahead} that follow don't fit into {shortest} "
            "values: use fewer steps or another share"
        )
    mean, deviation = float(series[:cut].mean()), float(series[:cut].std())
    scaled = ((series - mean) / deviation).astype("float32")
    train, test = (
        np.lib.stride_tricks.sliding_window_view(part, steps + ahead)
        for part in (scaled[:cut], scaled[cut:])
    )
    return (
        (train[:, :steps, None].copy(), train[:, steps:].copy()),
        (test[:, :steps, None].copy(), test[:, steps:].copy()),
        mean,
        deviation,
    )
