"""Answers the trusted side's questions from inside the student's kernel, between cells."""

from __future__ import annotations

import socket
from typing import Any

from autograder.engine.student.student_values import StudentValues
from autograder.engine.wire.agent_protocol import Operation, Reply
from autograder.engine.wire.codec import decode, encode
from autograder.engine.wire.frames import FrameError, receive_frame, send_frame

_MAX_MESSAGE = 2_000


class Agent:
    """Looks up names, calls functions and reads attributes for the trusted side.

    It runs on the kernel's main thread, in its event loop, so that the student's functions find
    the same surroundings as in a cell. It is part of the student's process: the student may replace
    all of it, and gains only wrong answers.

    Args:
        connection: the socket whose other end the trusted side holds.
        names: the kernel's namespace.
    """

    def __init__(self, connection: socket.socket, names: dict[str, Any]) -> None:
        self._connection = connection
        self._values = StudentValues(names)

    def serve_one(self) -> bool:
        """Answer one question; False when the other end is closed."""
        try:
            payload = receive_frame(self._connection)
        except FrameError:
            return False
        try:
            operation, *arguments = decode(bytes(payload), self._values.receive)
            answer = encode(self._answer(operation, arguments), self._values.extend)
        except BaseException as error:  # also SystemExit: a call must not end the kernel
            answer = encode(_describe_error(error))
        send_frame(self._connection, answer)
        return True

    def _answer(self, operation: str, arguments: list[Any]) -> tuple[Any, ...]:
        operation = Operation(operation)
        if operation is Operation.FORGET:
            self._values.forget()
            return _value(None)
        if operation is Operation.GET:
            (name,) = arguments
            names = self._values.names
            return _value(names[name]) if name in names else (Reply.MISSING.value,)
        target = self._values.find_object(arguments[0])
        if operation is Operation.CALL:
            return _value(target(*arguments[1], **arguments[2]))
        if operation is Operation.ATTRIBUTE:
            return _value(getattr(target, arguments[1]))
        if operation is Operation.ITEM:
            return _value(target[arguments[1]])
        if operation is Operation.ITERATE:
            return _value(iter(target))
        try:
            return _value(next(target))
        except StopIteration:
            return (Reply.LAST.value,)


def _value(value: Any) -> tuple[Any, ...]:
    return (Reply.VALUE.value, value)


def _describe_error(error: BaseException) -> tuple[Any, ...]:
    names = [kind.__name__ for kind in type(error).__mro__][:20]
    try:
        message = str(error)[:_MAX_MESSAGE]
    except BaseException:
        message = ""
    return (Reply.RAISED.value, names, message)
