"""What stands for the test's functions and objects in the student's kernel."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from typing import Any

from autograder.engine.wire.mutable_values import is_small

Ask = Callable[[int, str, list[Any]], Any]


class TestObjects:
    """Makes a stand-in for each object of the test that a call brings here.

    Args:
        ask: has the test's object, by number, do something.
        describe: the bytes of a value as it crosses.
    """

    __test__ = False

    def __init__(self, ask: Ask, describe: Callable[[Any], bytes]) -> None:
        self._ask, self._describe = ask, describe
        self._made: dict[int, Any] = {}
        self._numbers: dict[int, int] = {}
        self._errors: dict[int, tuple[BaseException, int]] = {}
        self._read: list[tuple[int, str, Any, bytes]] = []

    def __call__(self, about: dict[str, Any]) -> Any:
        """The stand-in for the object that the trusted side describes."""
        number = about["number"]
        if number not in self._made:
            is_object = about["kind"] == "object"
            made = self._make_object(about) if is_object else self._make_function(about)
            made = made() if about["kind"] == "coroutine" else made
            self._made[number], self._numbers[id(made)] = made, number
        return self._made[number]

    def forget(self) -> None:
        """Drop every stand-in."""
        self._made.clear()
        self._numbers.clear()
        self._errors.clear()

    def find_number(self, value: Any) -> int | None:
        """The number of the test's object that a value stands for."""
        return self._numbers.get(id(value))

    def _make_function(self, about: dict[str, Any]) -> Callable[..., Any]:
        ask, number = self._ask, about["number"]

        def function(*args: Any, **kwargs: Any) -> Any:
            return ask(number, "call", [list(args), kwargs])

        if about["is_async"] or about["kind"] == "coroutine":
            function = _make_async(function)
        function.__name__ = function.__qualname__ = about["name"]
        function.__doc__, function.__module__ = about["doc"], "__main__"
        return function

    def _make_object(self, about: dict[str, Any]) -> Any:
        members = {name: _make_operator(name) for name in about["operators"]}
        kind: Any = type(about["name"], (_TestObject,), members)
        made = kind()
        object.__setattr__(made, "_ask", self._read_attribute)
        object.__setattr__(made, "_number", about["number"])
        return made

    def _read_attribute(self, number: int, operation: str, arguments: list[Any]) -> Any:
        value = self._ask(number, operation, arguments)
        if operation == "getattr" and is_small(value):
            self._read.append((number, arguments[0], value, self._describe(value)))
        return value

    def tell_changes(self) -> None:
        """Tell the test what has changed in lists, dicts and arrays of its objects."""
        read, self._read = self._read, []
        for number, name, value, before in read:
            if self._describe(value) != before:
                self._ask(number, "setattr", [name, value])

    def make_error(self, number: int, names: list[str], message: str) -> BaseException:
        """What is raised here for an exception of the test's."""
        kind: Any = next((getattr(builtins, n) for n in names if hasattr(builtins, n)), Exception)
        # The test's own class: its name is right, and a built-in class is its base.
        made = kind if kind.__name__ == names[0] else type(names[0], (kind,), {})
        try:
            error: BaseException = made(message)
        except TypeError:
            error = RuntimeError(message)
        self._errors[id(error)] = (error, number)
        return error

    def find_error_number(self, error: BaseException) -> int | None:
        """The number of the test's exception that an exception stands for."""
        found = self._errors.get(id(error))
        return found[1] if found is not None and found[0] is error else None


class _TestObject:
    """An object of the test; what one does with it happens there."""

    _ask: Ask
    _number: int

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return self._ask(self._number, "getattr", [name])

    def __setattr__(self, name: str, value: Any) -> None:
        self._ask(self._number, "setattr", [name, value])


def _make_async(function: Callable[..., Any]) -> Callable[..., Any]:
    async def coroutine(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    return coroutine


def _make_operator(name: str) -> Callable[..., Any]:
    if name == "__call__":
        return lambda self, *args, **kwargs: self._ask(self._number, "call", [list(args), kwargs])
    return lambda self, *args: self._ask(self._number, name, list(args))
