"""How a network begins: as in its paper, or for small images."""

from __future__ import annotations

STEMS = ("paper", "small")


def is_small(stem: str, name: str) -> bool:
    """Whether `stem` is "small".

    Args:
        stem: "paper", or "small": a first convolution that does not shrink the image.
        name: of the function that was given it; its error says so.

    Raises:
        ValueError: It is neither of the two.

    Example:
        >>> is_small("small", "alexnet")
        True
    """
    if stem not in STEMS:
        raise ValueError(f'stem={stem!r}: {name} knows "paper" and "small".')
    return stem == "small"
