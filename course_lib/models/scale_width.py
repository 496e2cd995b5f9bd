"""The number of feature maps in a narrower network."""

from __future__ import annotations


def scale_width(maps: int, width: float) -> int:
    """Return the share `width` of a number of feature maps, rounded, and at least one.

    Example:
        >>> scale_width(64, 0.25), scale_width(3, 0.1)
        (16, 1)
    """
    return max(1, round(width * maps))
