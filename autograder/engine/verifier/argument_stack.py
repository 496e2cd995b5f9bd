"""The arguments of the calls that the student's code is working on."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator
from typing import Any

from autograder.engine.wire.codec import CodecError
from autograder.engine.wire.mutable_values import list_mutables, update_in_place

_MOST_KEPT = 50


class ArgumentStack:
    """What each call was given, and which of it the call may change in place."""

    def __init__(self) -> None:
        self._calls: list[tuple[list[Any], frozenset[int]]] = []

    def __len__(self) -> int:
        return len(self._calls)

    @contextlib.contextmanager
    def add(self, arguments: Any, changeable: Collection[int]) -> Iterator[None]:
        """In the block, the student's code works on a call with these arguments.

        Args:
            arguments: the arguments.
            changeable: the numbers, in `list_mutables`, of what the call may change.
        """
        self._calls.append((list_mutables(arguments), frozenset(changeable)))
        try:
            yield
        finally:
            self._calls.pop()

    def find(self, number: Any) -> Any:
        """The object of the test's that the last call was given.

        Raises:
            CodecError: the call was given no such object.
        """
        objects = self._calls[-1][0] if self._calls else []
        if type(number) is not int or not 0 <= number < len(objects):
            raise CodecError("an unknown argument")
        return objects[number]

    def change(self, changed: Any) -> None:
        """Change the arguments that the last call may change.

        Args:
            changed: numbers and new contents; untrusted.
        """
        may = self._calls[-1][1] if self._calls else frozenset()
        for number, new in changed if type(changed) is list else []:
            if type(number) is int and number in may:
                with contextlib.suppress(CodecError, TypeError, ValueError):
                    update_in_place(self.find(number), new)

    def list_kept(self, kept: Any) -> Iterator[tuple[int, Any]]:
        """Yield what the last call may change later, with the numbers that it has there.

        Args:
            kept: numbers of arguments, and theirs in the student's kernel; untrusted.
        """
        may = self._calls[-1][1] if self._calls else frozenset()
        for pair in kept[:_MOST_KEPT] if type(kept) is list else []:
            is_pair = type(pair) is list and [type(one) for one in pair] == [int, int]
            if is_pair and pair[0] in may:
                with contextlib.suppress(CodecError):
                    yield pair[1], self.find(pair[0])
