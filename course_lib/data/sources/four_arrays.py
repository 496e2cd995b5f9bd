"""The four arrays of a file by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def four_arrays(arrays: Mapping[str, Any]) -> tuple[tuple[Any, Any], tuple[Any, Any]]:
    """Return `(x_train, y_train), (x_test, y_test)` from a file that has them by name.

    Args:
        arrays: The arrays of an `.npz` file by key.

    Raises:
        KeyError: One of the four is missing.

    Example:
        >>> four_arrays({"x_train": 1, "y_train": 2, "x_test": 3, "y_test": 4})
        ((1, 2), (3, 4))
    """
    return (arrays["x_train"], arrays["y_train"]), (arrays["x_test"], arrays["y_test"])
