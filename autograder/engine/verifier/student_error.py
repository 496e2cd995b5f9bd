"""Exceptions of the student's code, as the test cells see them."""

from __future__ import annotations

import builtins
import sys
from typing import Any

from autograder.engine.wire.loss import Loss

# An exception that ends a loop or a generator quietly would end a test as passed.
_NEVER = {"StopIteration", "StopAsyncIteration"}
_ENDS = (SystemExit, KeyboardInterrupt)
_MAX_MESSAGE = 2_000
_LIBRARY_NAMES = """binascii csv dataclasses decimal enum json keras networkx numpy pandas queue
    scipy sklearn sqlite3 statistics struct subprocess sympy tensorflow zipfile zlib"""
_LIBRARIES = frozenset(_LIBRARY_NAMES.split())


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


def make_student_error(names: Any, message: Any, about: Any = None) -> BaseException:
    """The exception that stands for one raised by the student's code.

    Args:
        names: names of the exception's class and its bases, the class first; untrusted.
        message: its text; untrusted.
        about: "arguments" that it was made with, where these are plain, and the "module" of a
            library's class; untrusted.

    Returns:
        An exception of the library's class, or of the first of the names that is a built-in
        exception, or a `RuntimeError` that names the class.
    """
    names = [n for n in names if type(n) is str] if type(names) in (list, tuple) else []
    message = message[:_MAX_MESSAGE] if type(message) is str else ""
    about = about if type(about) is dict else {}
    if names:
        found = _make_library_error(about.get("module"), names[0], message)
        if found is not None:
            return found
    for position, name in enumerate(names):
        kind: Any = getattr(builtins, name, None) if name not in _NEVER else None
        is_error = isinstance(kind, type) and issubclass(kind, (Exception, *_ENDS))
        if not is_error or kind is Exception:
            continue
        text = message if position == 0 else f"{names[0]}: {message}"
        given = read_arguments(about.get("arguments")) if position == 0 else None
        try:
            made: BaseException = kind(text) if given is None else kind(*given)
            return made
        except TypeError:  # UnicodeDecodeError and others take five arguments
            return ValueError(f"{names[0]}: {message}")
    named = names[0][:100] if names else "exception"
    if names[:1] == ["Exception"]:
        return Exception(message)
    return RuntimeError(f"{named}: {message}" if message else named)


def read_arguments(arguments: Any) -> list[Any] | None:
    """The arguments of an exception, where they are plain."""
    if type(arguments) is not list or len(arguments) > 10:
        return None
    is_plain = all(type(one) in (type(None), bool, int, float, str) for one in arguments)
    return arguments if is_plain else None


def _make_library_error(module: Any, name: str, message: str) -> Exception | None:
    """An exception of a library that the test may catch; made without calling its class."""
    if type(module) is not str or module.partition(".")[0] not in _LIBRARIES:
        return None
    kind = getattr(sys.modules.get(module), name, None)
    if not isinstance(kind, type) or not issubclass(kind, Exception):
        return None
    try:
        if module.startswith("tensorflow."):
            error = kind(None, None, message)
        else:
            error = kind.__new__(kind, message)
            error.args = (message,)
        str(error)
    except Exception:
        return None
    return error
