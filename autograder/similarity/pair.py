"""Two students who share code, and where."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Stretch:
    """Code that two students share: lines of one cell of each.

    Args:
        first: the cell and the lines of the one, from 0, the last included.
        second: the same of the other.
        tokens: how much it is.
    """

    first: tuple[int, int, int]
    second: tuple[int, int, int]
    tokens: int


@dataclass(frozen=True)
class Pair:
    """Two students who share code.

    Args:
        students: who.
        share: the larger of the two parts of their own code that is shared, 0 to 1.
        tokens: how much is shared.
        stretches: where, the longest first.
    """

    students: tuple[str, str]
    share: float
    tokens: int
    stretches: tuple[Stretch, ...]
