"""Keeps lists, dicts and arrays that a test took from a student's objects as they are there."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from autograder.engine.verifier.guarded_array import GuardedArray
from autograder.engine.wire.agent_protocol import Operation
from autograder.engine.wire.mutable_values import is_small, update_in_place

if TYPE_CHECKING:
    from autograder.engine.verifier.student_channel import StudentChannel

_MOST = 50


class AttributeWatch:
    """The values of attributes that a test cell has looked at, by the object's number there.

    What the test changes in one of them is changed in the student's object, and the other way
    round, as if both were one object. Which objects are one, the student's side says: it decides
    only which of the student's own values change together.
    """

    def __init__(self) -> None:
        self._watched: dict[int, tuple[Any, bytes]] = {}

    def forget(self) -> None:
        """Another cell or another kernel begins."""
        self._watched.clear()

    def note(self, channel: StudentChannel, number: Any, value: Any) -> Any:
        """Return the value of an attribute: the same object as the last time, if it is one there.

        Args:
            channel: the line to the student's kernel.
            number: of the object, as the student's side says; None for what cannot change.
            value: what came.
        """
        if type(number) is not int or not is_small(value) or isinstance(value, GuardedArray):
            return value
        known = self._watched.get(number)
        if known is not None and type(known[0]) is type(value) and self._refresh(number, value):
            return known[0]
        if len(self._watched) < _MOST or number in self._watched:
            self._watched[number] = (value, channel.describe(value))
        return value

    def list_changed(self, channel: StudentChannel) -> list[list[Any]]:
        """Return the numbers and contents of the objects that the test has changed since."""
        found = []
        for number, (value, before) in self._watched.items():
            now = channel.describe(value)
            if now and now != before:
                self._watched[number] = (value, now)
                found.append([number, value])
        return found

    def pull(self, channel: StudentChannel) -> None:
        """Change what the student's code has changed."""
        numbers = list(self._watched)
        values = channel.ask(Operation.READ_OBJECTS, numbers) if numbers else []
        if type(values) is not list or len(values) != len(numbers):
            return
        for number, value in zip(numbers, values, strict=True):
            if type(value) is type(self._watched[number][0]):
                self._refresh(number, value)
                self._watched[number] = (self._watched[number][0], channel.describe(value))

    def _refresh(self, number: int, value: Any) -> bool:
        with contextlib.suppress(Exception):  # whatever a value of another form leads to
            update_in_place(self._watched[number][0], value)
            return True
        return False
