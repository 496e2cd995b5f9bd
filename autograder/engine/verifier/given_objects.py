"""Objects of the test that the student's code was given: it may call them, and little more."""

from __future__ import annotations

import functools
import inspect
import io
import operator
import os
import re
import sys
import sysconfig
import types
from collections.abc import Iterator
from typing import Any
from unittest import mock

from autograder.engine.verifier.student_error import NotByValueError
from autograder.engine.wire.mutable_values import is_small, update_in_place
from autograder.engine.wire.operators import ASYNCHRONOUS, OPERATORS

_MOST_USES = 100_000
_MOST_STEPS = 1_000
_FUNCTIONS = (
    types.FunctionType,
    types.MethodType,
    types.BuiltinFunctionType,
    functools.partial,
    operator.attrgetter,
    operator.itemgetter,
    operator.methodcaller,
    type(str.upper),
    type(str.__len__),
)
_LIBRARIES = tuple(
    os.path.realpath(sysconfig.get_paths()[name]) for name in ("stdlib", "purelib", "platlib")
)
# What Python asks of an object by a method of its class, and which operator does it here.
_ASKED = {
    **{f"__{name}__": name for name in OPERATORS if not name.endswith("_")},
    "__and__": "and_",
    "__or__": "or_",
}
# `__getattr__` would also read names that begin with an underscore.
_NOT_ASKED = frozenset(
    ("__hash__", "__eq__", "__ne__", "__dir__", "__isinstance__", "__repr__", "__getattr__")
) | {f"__{name}__" for name in ASYNCHRONOUS}


def find_library_reference(value: Any) -> list[str] | None:
    """The module and name of a library's class or function; None for one of the test's own."""
    module, name = getattr(value, "__module__", None), getattr(value, "__qualname__", None)
    if isinstance(value, type(len)) and module is None:
        return None
    if type(module) is not str or type(name) is not str or not is_library(module):
        return None
    found: Any = sys.modules.get(module)
    for part in name.split("."):
        found = getattr(found, part, None)
    return [module, name] if found is value else None


def is_library(module: str) -> bool:
    """Whether a module is an installed one, and not a file beside the notebook."""
    if module == "__main__":
        return False
    found = sys.modules.get(module)
    file = getattr(found, "__file__", None)
    if found is None or file is None:
        return found is not None
    return bool(os.path.realpath(file).startswith(_LIBRARIES))


class GivenObjects:
    """The objects, by number; bounds how often they are used.

    Args:
        text: the instructor's answers; an attribute that they name may be changed in place.
    """

    def __init__(self, text: str = "") -> None:
        self._named = frozenset(re.findall(r"\.\s*([A-Za-z]\w*)", text))
        self._objects: dict[int, Any] = {}
        self._numbers: dict[int, int] = {}
        self._errors: dict[int, BaseException] = {}
        self._uses = 0

    def give(self, value: Any) -> dict[str, Any] | None:
        """What the student's side is told of an object; None for one that it can't be given."""
        is_function = isinstance(value, (*_FUNCTIONS, types.CoroutineType))
        if not is_function and not _is_of_the_test(value):
            return None
        number = self._numbers.setdefault(id(value), len(self._numbers) + 1)
        self._objects[number] = value
        doc = getattr(value, "__doc__", None) if is_function else None
        name = getattr(value, "__name__", type(value).__name__)
        is_awaited = isinstance(value, types.CoroutineType)
        return {
            "number": number,
            "kind": "coroutine" if is_awaited else "function" if is_function else "object",
            "is_async": inspect.iscoroutinefunction(value),
            "name": str(name)[:100],
            "doc": doc if type(doc) is str else None,
            "operators": [] if is_function else _list_operators(value),
        }

    def is_given(self, value: Any) -> bool:
        """Whether the student's code was given an object, which is the test's."""
        return any(one is value for one in self._objects.values())

    def find(self, number: Any) -> Any:
        """The object of a number.

        Raises:
            KeyError: none has it.
        """
        return self._objects[number]

    def use(self, number: Any, operation: Any, arguments: Any) -> Any:
        """Do with an object what the student's code asks.

        Raises:
            NotByValueError: it asks for what is the test's alone.
            Exception: what the object raised.
        """
        self._uses += 1
        if self._uses > _MOST_USES:
            raise NotByValueError("the test's objects were used too often")
        target = self._objects.get(number) if type(number) is int else None
        if target is None or type(operation) is not str or type(arguments) is not list:
            raise NotByValueError("no such object of the test")
        if operation == "call":
            args, kwargs = arguments
            is_awaited = isinstance(target, types.CoroutineType)
            return _complete(target if is_awaited else target(*args, **kwargs))
        if isinstance(target, _FUNCTIONS):
            raise NotByValueError("a function of the test can only be called")
        if operation in ("getattr", "setattr"):
            name, *value = arguments
            if type(name) is not str or name.startswith("_"):
                raise NotByValueError("the test's own")
            return self._set_attribute(target, name, *value) if value else getattr(target, name)
        if operation not in _list_operators(target):
            raise NotByValueError(f"`{operation}` of an object of the test")
        if operation == "__exit__":
            return OPERATORS["exit"](target, None)
        return OPERATORS[_ASKED[operation]](target, *arguments)

    def _set_attribute(self, target: Any, name: str, value: Any) -> None:
        """Set an attribute; a list that the instructor's answer changes stays the same object."""
        known = getattr(target, name, None)
        if name in self._named and is_small(known) and type(known) is type(value):
            update_in_place(known, value)
        else:
            setattr(target, name, value)

    def describe_error(self, error: BaseException) -> tuple[int, list[str], str]:
        """A number, the class names and the message of what an object of the test raised."""
        number = len(self._errors) + 1
        self._errors[number] = error
        try:
            text = str(error)[:2_000]
        except Exception:
            text = ""
        return number, [kind.__name__ for kind in type(error).__mro__][:20], text

    def find_error(self, number: Any) -> BaseException | None:
        """The exception that an object of the test raised; None where it raised none."""
        return self._errors.get(number) if type(number) is int else None


def _is_of_the_test(value: Any) -> bool:
    if isinstance(value, (mock.NonCallableMock, io.StringIO, io.BytesIO, io.TextIOWrapper)):
        return True
    if isinstance(value, Iterator):
        return True
    kind = value if isinstance(value, type) else type(value)
    return not is_library(kind.__module__) and not isinstance(value, types.ModuleType)


def _complete(result: Any) -> Any:
    """What a coroutine of the test returns; it may not wait for anything."""
    if not inspect.iscoroutine(result):
        return result
    try:
        for _ in range(_MOST_STEPS):
            if result.send(None) is not None:
                break
    except StopIteration as end:
        return end.value
    finally:
        result.close()
    raise NotByValueError("a coroutine of the test that waits cannot be awaited by your code")


def _list_operators(value: Any) -> list[str]:
    kind = type(value)
    found = [name for name in _ASKED if name not in _NOT_ASKED and hasattr(kind, name)]
    return [*found, *(["__call__"] if callable(value) else [])]
