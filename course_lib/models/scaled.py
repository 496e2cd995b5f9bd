"""A layer's share of feature maps in a narrower network."""

from __future__ import annotations


def scaled(maps: int, width: float) -> int:
    """`width` of so many feature maps, rounded, and at least one.

    Example:
        >>> scaled(64, 0.25), scaled(3, 0.1)
        (16, 1)
    """
    return max(1, round(width * maps))
