"""A call's arguments on the student's side: which objects of the test's they stand for."""

from __future__ import annotations

import copy
from typing import Any

from autograder.engine.student.student_values import StudentValues
from autograder.engine.wire.agent_protocol import ValueKind
from autograder.engine.wire.codec import Extension, decode, encode
from autograder.engine.wire.mutable_values import list_mutables


class CallArguments:
    """The arguments of a call from the trusted side.

    Args:
        values: turns values into what the codec takes.
        payload: the question, from which the arguments can be made once more.
        args: the call's arguments.
        kwargs: its keyword arguments.
        changeable: numbers of the objects whose changes the test sees.
    """

    def __init__(
        self,
        values: StudentValues,
        payload: bytes,
        args: list[Any],
        kwargs: dict[str, Any],
        changeable: list[int] | None = None,
    ) -> None:
        self._values, self._payload = values, payload
        self._objects = list_mutables([args, kwargs])
        self._numbers = {id(value): number for number, value in enumerate(self._objects)}
        self._changeable = set(changeable or ())
        self._originals: list[Any] | None = None

    def find_alias(self, value: Any) -> Extension | None:
        """What stands for an argument that the call returned, or kept in what it returned."""
        number = self._numbers.get(id(value))
        if number is None or (number not in self._changeable and self._is_changed(number)):
            return None
        return Extension(ValueKind.ARGUMENT, number)

    def list_changes(self) -> list[list[Any]]:
        """The numbers and the new contents of the objects that the call changed."""
        changed = [number for number in sorted(self._changeable) if self._is_changed(number)]
        # A copy, since the object itself would be sent as its number.
        return [[number, copy.copy(self._objects[number])] for number in changed]

    def _is_changed(self, number: int) -> bool:
        if self._originals is None:
            _, _, args, kwargs, *_ = decode(self._payload, self._values.receive)
            self._originals = list_mutables([args, kwargs])
        now, before = self._objects[number], self._originals[number]
        return encode(now, self._values.extend) != encode(before, self._values.extend)
