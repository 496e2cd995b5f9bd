"""Exceptions of the student's code, as the test cells see them."""

from __future__ import annotations

import builtins
from typing import Any

from autograder.engine.wire.loss import Loss

# An exception that ends a loop or a generator quietly would end a test as passed.
_NEVER = {"StopIteration", "StopAsyncIteration"}
_MAX_MESSAGE = 2_000


class LimitReachedError(BaseException):
    """A limit was met while a test ran: the question fails, whatever the test does about it.

    Not an `Exception`: a test's `except Exception` must not swallow it.

    Args:
        loss: what stopped the test.
    """

    def __init__(self, loss: Loss) -> None:
        super().__init__(loss.detail or loss.cause.value)
        self.loss = loss


class NotByValueError(TypeError):
    """A test used a student's object where it needs a plain value."""


def make_student_error(names: Any, message: Any) -> Exception:
    """The built-in exception that stands for one raised by the student's code.

    Args:
        names: names of the exception's class and its bases, the class first; untrusted.
        message: its text; untrusted.

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
        except TypeError:  # UnicodeDecodeError and others take five arguments
            return ValueError(f"{names[0]}: {message}")
    named = names[0][:100] if names else "exception"
    return RuntimeError(f"{named}: {message}" if message else named)
