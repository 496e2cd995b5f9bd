"""`zip` in test cells: comparing no pairs at all fails."""

from __future__ import annotations

from collections.abc import Iterable, Sized
from typing import Any


class _ZipType(type):
    def __instancecheck__(cls, value: Any) -> bool:
        return isinstance(value, zip)


class CheckedZip(zip, metaclass=_ZipType):  # type: ignore[type-arg]
    """`zip`, except that an empty sequence beside a longer one raises.

    `zip` ends with the shortest of its arguments: with an empty list a loop over the pairs compares
    nothing, so a test would pass although no answer was given.

    Example:
        >>> list(CheckedZip([1, 2], [3, 4]))
        [(1, 3), (2, 4)]
        >>> list(CheckedZip([1][1:], [1]))  # a single number has no neighbours
        []
        >>> CheckedZip([], [3, 4])
        Traceback (most recent call last):
        AssertionError: nothing is compared: one sequence is empty, the other has 2 items
    """

    def __new__(cls, *iterables: Iterable[Any], strict: bool = False) -> CheckedZip:
        sizes = [_measure(one) for one in iterables]
        longest = max((size for size in sizes if size is not None), default=0)
        if 0 in sizes and longest > 1:
            raise AssertionError(
                f"nothing is compared: one sequence is empty, the other has {longest} items"
            )
        return super().__new__(cls, *iterables, strict=strict)  # type: ignore[return-value]


def _measure(iterable: Iterable[Any]) -> int | None:
    """The length of a sequence; None of what has none, such as a generator."""
    try:
        return len(iterable) if isinstance(iterable, Sized) else None
    except Exception:
        return None
