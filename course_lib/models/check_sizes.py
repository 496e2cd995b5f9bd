"""A check of the sizes from which models are built."""

from __future__ import annotations

from typing import Any


def check_sizes(**sizes: Any) -> None:
    """Raise an error if one of these arguments is not a sequence of positive integers.

    Args:
        **sizes: Arguments by name, such as `units` or `input_shape`. In an input shape, None
            stands for any size.

    Raises:
        TypeError: An argument is one number: (8) instead of (8,).
        ValueError: A size is below 1.

    Example:
        >>> check_sizes(units=(64, 32), input_shape=(28, 28))
        >>> check_sizes(units=(64))
        Traceback (most recent call last):
        ...
        TypeError: units is 64: write a tuple, (64,)
    """
    for name, value in sizes.items():
        if not hasattr(value, "__len__") or isinstance(value, str):
            raise TypeError(f"{name} is {value!r}: write a tuple, ({value!r},)")
        for size in value:
            if size is None and name == "input_shape":
                continue
            if not hasattr(size, "__index__") or size < 1:
                raise ValueError(f"{name} is {value!r}; it should hold integers, 1 or more")
