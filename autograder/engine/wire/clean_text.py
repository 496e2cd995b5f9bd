"""Text from the student's process, made fit to stand in a sentence of ours."""

from __future__ import annotations

from typing import Any


def clean_text(text: Any, length: int = 200) -> str:
    """The printable characters of a text, up to a length; empty for anything but a string.

    Example:
        >>> clean_text("a\\x1b[31m class")
        'a[31m class'
    """
    if type(text) is not str:
        return ""
    return "".join(character for character in text if character.isprintable())[:length]
