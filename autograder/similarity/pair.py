"""Two students who share code, and the lines that they share."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Stretch:
    """Code that two students share: lines of one cell of each.

    Args:
        first: the first student's cell, first line and last line, from 0.
        second: the same for the second student.
        tokens: how many tokens are shared.
    """

    first: tuple[int, int, int]
    second: tuple[int, int, int]
    tokens: int


@dataclass(frozen=True)
class Pair:
    """Two students who share code.

    Args:
        students: the two students.
        share: the shared part of their own code, 0 to 1; the larger of the two students' parts.
        tokens: how many tokens are shared.
        stretches: the shared code, the longest first.
    """

    students: tuple[str, str]
    share: float
    tokens: int
    stretches: tuple[Stretch, ...]
