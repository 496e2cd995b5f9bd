"""Enums whose members are strings, in JSON and in print."""

from __future__ import annotations

from enum import Enum


class StringEnum(str, Enum):
    """An enum whose members equal their values and print as them.

    Python 3.12 changed how `format` prints a member of `(str, Enum)`; here it is the value.

    Example:
        >>> class Colour(StringEnum):
        ...     RED = "red"
        >>> f"{Colour.RED}", Colour.RED == "red"
        ('red', True)
    """

    def __str__(self) -> str:
        return str(self.value)

    def __format__(self, specification: str) -> str:
        return format(str(self.value), specification)
