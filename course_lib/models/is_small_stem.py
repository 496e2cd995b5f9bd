"""The first layers of a network: as in its paper, or for small images."""

from __future__ import annotations

STEMS = ("paper", "small")


def is_small_stem(stem: str, name: str) -> bool:
    """Return whether a stem is "small".

    Args:
        stem: "paper", or "small": a first convolution that does not shrink the image.
        name: Name of the function that was called, for the error message.

    Raises:
        ValueError: The stem is something else.

    Example:
        >>> is_small_stem("small", "alexnet")
        True
    """
    if stem not in STEMS:
        raise ValueError(f'stem={stem!r}: {name} knows "paper" and "small".')
    return stem == "small"
