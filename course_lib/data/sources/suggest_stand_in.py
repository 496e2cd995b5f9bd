"""Advice that ends the messages of data errors."""

from __future__ import annotations


def suggest_stand_in(name: str, function: str = "load") -> str:
    """Return a line that says how to load the stand-in of a data set.

    Args:
        name: The data set.
        function: The function that loads it.

    Example:
        >>> print(suggest_stand_in("mnist"))
        or load the stand-in: load("mnist", source="offline")
    """
    return f'or load the stand-in: {function}("{name}", source="offline")'
