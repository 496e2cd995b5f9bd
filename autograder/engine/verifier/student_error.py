"""Exceptions of the student's code, as the test cells see them."""

from __future__ import annotations

import builtins
from typing import Any

# An exception that ends a loop or a generator quietly would end a test as passed.
_NEVER = {"StopIteration", "StopAsyncIteration"}
_MAX_MESSAGE = 2_000


class LimitReachedError(BaseException):
    """A limit was met while a test ran: the question fails, whatever the test makes of it.

    Not an `Exception`: a test's `except Exception` must not swallow it.

    Args:
        limit: the limit's name, or "died" when the kernel is gone.
        detail: what happened, in words; empty when the limit's sentence says it.
    """

    def __init__(self, limit: str, detail: str = "") -> None:
        super().__init__(detail or limit)
        self.limit, self.detail = limit, detail


class NotByValueError(TypeError):
    """A test asked of a student's object what only a plain value can answer."""


def student_error(names: Any, message: Any) -> Exception:
    """The built-in exception that stands for one raised by the student's code.

    Args:
        names: names of the exception's class and its bases, the class first; from the student.
        message: its text; from the student.

    Returns:
        An exception of the first of the names that is a built-in exception, or a `RuntimeError`
        that names the class.
    """
    names = [n for n in names if type(n) is str] if type(names) in (list, tuple) else []
    message = message[:_MAX_MESSAGE] if type(message) is str else ""
    for position, name in enumerate(names):
        kind = getattr(builtins, name, None) if name not in _NEVER else None
        if not (isinstance(kind, type) and issubclass(kind, Exception)) or kind is Exception:
            continue
        text = message if position == 0 else f"{names[0]}: {message}"
        try:
            return kind(text)
        except TypeError:  # UnicodeDecodeError and its like want five arguments
            return ValueError(f"{names[0]}: {message}")
    named = names[0][:100] if names else "exception"
    return RuntimeError(f"{named}: {message}" if message else named)
