"""A key of `course.toml`: its type, default and meaning."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Kind:
    """A type of value.

    Args:
        text: What a value must be: "must be {text}".
        accepts: Whether a value is of this type.
    """

    text: str
    accepts: Callable[[Any], bool]


@dataclass(frozen=True)
class Setting:
    """A key of `course.toml`.

    Args:
        table: Its table; `LAB` stands for the name of a lab.
        key: Its name; a name in capitals stands for any name.
        kind: Its type.
        default: Its default; None for none.
        about: What it does, in a sentence.
        default_text: The default in words, if it is not a constant.
    """

    table: str
    key: str
    kind: Kind
    default: Any
    about: str
    default_text: str = ""
