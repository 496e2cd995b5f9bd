"""What the sets of houses have in common."""

from __future__ import annotations

import numpy as np

from course_lib.data.dataset import four_arrays


def unpack(arrays):
    """Return the four arrays of a prepared file; ``x`` and ``y`` are split as Keras does.

    Args:
        arrays: ``x_train``, ``y_train``, ``x_test``, ``y_test``, or ``x`` and ``y``.

    Returns:
        ``(x_train, y_train), (x_test, y_test)``; of ``x`` and ``y``, four fifths are for training.

    Example:
        >>> (x_train, y_train), (x_test, y_test) = unpack({"x": np.eye(10), "y": np.arange(10)})
        >>> len(x_train), len(x_test)
        (8, 2)
    """
    if "x" not in arrays:
        return four_arrays(arrays)
    x, y = arrays["x"], arrays["y"]
    if len(x) != len(y):
        raise ValueError(f"x has {len(x)} rows and y {len(y)}; they should have as many")
    order = np.arange(len(x))
    np.random.RandomState(113).shuffle(order)
    train, test = np.split(order, [int(len(x) * (1 - 0.2))])
    return (x[train], y[train]), (x[test], y[test])
