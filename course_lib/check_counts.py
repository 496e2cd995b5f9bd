"""A check of arguments that count something."""

from __future__ import annotations

from typing import Any


def check_counts(least: int = 1, **counts: Any) -> None:
    """Raise an error if one of these arguments is not an integer that is large enough.

    Args:
        least: The smallest number.
        **counts: Arguments by name, such as `classes` or `batch_size`.

    Raises:
        ValueError: An argument is not an integer, or below `least`.

    Example:
        >>> check_counts(classes=10)
        >>> check_counts(classes=0)
        Traceback (most recent call last):
        ...
        ValueError: classes is 0; it should be an integer, 1 or more
    """
    for name, value in counts.items():
        is_integer = hasattr(value, "__index__") and not isinstance(value, bool)
        if not is_integer or value < least:
            raise ValueError(f"{name} is {value!r}; it should be an integer, {least} or more")
