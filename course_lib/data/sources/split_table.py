"""Tables, split as Keras splits them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from course_lib.data.sources.dataset import Split
from course_lib.data.sources.four_arrays import four_arrays

SMALL = 600  # rows in the small version of a table


def split_table(
    arrays: Mapping[str, np.ndarray], test_split: float = 0.2, version: str = "large"
) -> Split:
    """Return the four arrays of a prepared file; split `x` and `y` as Keras does.

    Args:
        arrays: `x_train`, `y_train`, `x_test` and `y_test`, or `x` and `y`.
        test_split: Share of `x` and `y` that is for testing; four arrays are split already.
        version: "large", or "small" for the first 600 rows of `x` and `y`.

    Returns:
        `(x_train, y_train), (x_test, y_test)`.

    Raises:
        ValueError: `x` and `y` differ in length.
        KeyError: An array is missing.

    Example:
        >>> (x_train, y_train), (x_test, y_test) = split_table({"x": np.eye(10), "y": np.ones(10)})
        >>> len(x_train), len(x_test)
        (8, 2)
    """
    if "x" not in arrays:
        return four_arrays(arrays)
    x, y = arrays["x"], arrays["y"]
    if len(x) != len(y):
        raise ValueError(f"x has {len(x)} rows and y {len(y)}; both need the same number")
    rows = SMALL if version == "small" else len(x)
    order = np.random.RandomState(113).permutation(len(x[:rows]))
    train, test = np.split(order, [int(len(order) * (1 - test_split))])
    return (x[train], y[train]), (x[test], y[test])
