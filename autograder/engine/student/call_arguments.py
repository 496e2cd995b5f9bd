"""A call's arguments on the student's side: which objects of the test's they stand for."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from autograder.engine.student.student_values import StudentValues
from autograder.engine.wire.agent_protocol import ValueKind
from autograder.engine.wire.codec import Extension, decode, encode
from autograder.engine.wire.mutable_values import is_small, is_whole, list_mutables

_PLAIN = (type(None), bool, int, float, complex, str, bytes, list, tuple, dict, set, np.ndarray)


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
        if number is None:
            return None
        # A model or an estimator may have become what the test's own object cannot become.
        is_told = number in self._changeable and not is_whole(type(value))
        if not is_told and self._is_changed(number):
            return None
        return Extension(ValueKind.ARGUMENT, number)

    def list_changes(self) -> list[list[Any]]:
        """The numbers and the new contents of the objects that the call changed."""
        changed = [number for number in sorted(self._changeable) if self._is_changed(number)]
        return [[number, _copy(self._objects[number])] for number in changed]

    def keep_changeable(self, result: Any) -> list[list[int]]:
        """The numbers of arguments that what the call returned may still change, and theirs here.

        A generator, a context manager or an object of the student's may have kept them.
        """
        if type(result) in _PLAIN:
            return []
        small = [n for n in sorted(self._changeable) if is_small(self._objects[n])]
        return [[number, self._values.keep(self._objects[number])] for number in small]

    def _is_changed(self, number: int) -> bool:
        if self._originals is None:
            _, _, args, kwargs, *_ = decode(self._payload, self._values.receive)
            self._originals = list_mutables([args, kwargs])
        now, before = self._objects[number], self._originals[number]
        return encode(now, self._values.extend) != encode(before, self._values.extend)


def _copy(value: Any) -> Any:
    """A copy of an object, which itself would be sent as its number."""
    # A copy of a variable has the values that it began with.
    return value.numpy() if hasattr(value, "assign_add") else copy.copy(value)
