"""Members of enums by name; of flags also those that have none, by value."""

from __future__ import annotations

import enum
from typing import Any

from autograder.engine.wire.python_values import check_type


def describe_member(member: enum.Enum) -> list[Any]:
    """Return a member's name, and its number where it combines several flags."""
    return [None, member.value] if isinstance(member, enum.Flag) else [member.name, None]


def find_member(kind: Any, name: Any, number: Any) -> Any:
    """Return the member that `describe_member` described.

    Args:
        kind: The enum.
        name: The member's name; None for a flag.
        number: The value of a flag.

    Raises:
        CodecError: It is described in another way; other exceptions mean the same.
    """
    if name is not None:
        return kind[check_type(name, str)]
    return kind(check_type(number, int))
