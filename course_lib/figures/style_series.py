"""Colours and styles for any number of lines or bars."""

from __future__ import annotations

from collections.abc import Sequence


def style_series(count: int, styles: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return a colour and a style for each series of a figure.

    The first ones are those of `styles`; after that, each colour is combined with the next style.

    Args:
        count: Number of series.
        styles: Pairs of a colour and a style.

    Example:
        >>> style_series(5, [("blue", "-"), ("red", ":")])
        [('blue', '-'), ('red', ':'), ('blue', ':'), ('red', '-'), ('blue', '-')]
    """
    n = len(styles)
    return [(styles[i % n][0], styles[(i + i // n) % n][1]) for i in range(count)]
