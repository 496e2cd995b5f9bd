"""Where data may be loaded from."""

from __future__ import annotations

SOURCES = ("auto", "real", "offline")


def check_source(source: str) -> None:
    """Raise an error unless `source` is "auto", "real" or "offline".

    Raises:
        ValueError: It is something else.

    Example:
        >>> check_source("auto")
    """
    if source not in SOURCES:
        raise ValueError(f'source is {source!r}: write "auto", "real" or "offline"')
