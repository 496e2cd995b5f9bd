"""What went wrong, and what to do next."""

from __future__ import annotations


class AutograderError(Exception):
    """An error that a person can act on.

    Args:
        message: what is wrong, and where (file, cell or option).
        hint: the next thing to do or to type; empty when the message says it.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint
