"""Answers the trusted side's questions from inside the student's kernel, between cells."""

from __future__ import annotations

import contextlib
import inspect
import socket
import threading
import types
from collections.abc import Callable
from typing import Any

from autograder.engine.student.call_arguments import CallArguments
from autograder.engine.student.files_here import FilesHere
from autograder.engine.student.own_loop import OwnLoop
from autograder.engine.student.recorded_effects import RecordedEffects
from autograder.engine.student.student_values import StudentValues
from autograder.engine.student.surroundings import Surroundings
from autograder.engine.student.test_objects import TestObjects
from autograder.engine.wire.agent_protocol import Operation, Reply
from autograder.engine.wire.codec import decode, encode
from autograder.engine.wire.error_state import describe_state
from autograder.engine.wire.find_library_object import find_library_object
from autograder.engine.wire.frames import FrameError, receive_frame, send_frame
from autograder.engine.wire.mutable_values import is_small, update_in_place
from autograder.engine.wire.operators import ASYNCHRONOUS, OPERATORS

_MAX_MESSAGE = 2_000
_MOST_CAUSES = 5


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
        self._test_objects = TestObjects(self._ask_test, self._describe_value)
        self._values = StudentValues(names, self._test_objects)
        self._surroundings = Surroundings(names)
        self._files = FilesHere()
        self._effects: list[RecordedEffects] = []
        self._loop = OwnLoop()

    def serve_one(self) -> bool:
        """Answer one question; False when the other end is closed."""
        try:
            payload = receive_frame(self._connection)
        except FrameError:
            return False
        self._serve(bytes(payload))
        return True

    def _serve(self, payload: bytes) -> None:
        alias, effects = None, RecordedEffects()
        self._effects.append(effects)
        try:
            operation, *arguments = decode(payload, self._values.receive)
            given = None
            if operation == Operation.CALL:
                given = CallArguments(self._values, payload, *arguments[1:])
                alias = given.find_alias
            with effects.record():
                reply = self._answer(operation, arguments)
                self._test_objects.tell_changes()
            about = effects.take()
            if operation == Operation.ATTRIBUTE and is_small(reply[1]):
                about["number"] = self._values.keep(reply[1])
            if given is not None:
                about["changed"] = given.list_changes()
                about["kept"] = given.keep_changeable(reply[1])
            answer = encode((*reply, about), self._values.extend, alias)
        except BaseException as error:  # also SystemExit: a call must not end the kernel
            answer = encode(self._describe_error(error, effects.take()), self._values.extend)
        finally:
            self._effects.pop()
        send_frame(self._connection, answer)

    def _answer(self, operation: str, arguments: list[Any]) -> tuple[Any, ...]:
        operation = Operation(operation)
        if operation is Operation.GET:
            (name,) = arguments
            names = self._values.names
            return _value(names[name]) if name in names else (Reply.MISSING.value,)
        if operation in (Operation.NEXT, Operation.RESUME):
            return self._continue(self._find(arguments[0]), *arguments[1:])
        if operation is Operation.CALL:
            target = self._values.find_object(arguments[0])
            result = target(*arguments[1], **arguments[2])
            is_async = inspect.iscoroutine(result) and inspect.iscoroutinefunction(target)
            return _value(self._loop.complete(result) if is_async else result)
        return _value(self._operations[operation](self, *arguments))

    _operations: dict[Operation, Callable[..., Any]] = {
        Operation.FORGET: lambda self: self._forget(),
        Operation.ATTRIBUTE: lambda self, number, name: getattr(self._find(number), name),
        Operation.SET_ATTRIBUTE: lambda self, number, name, v: setattr(self._find(number), name, v),
        Operation.DELETE_ATTRIBUTE: lambda self, number, name: delattr(self._find(number), name),
        Operation.ITEM: lambda self, number, key: self._find(number)[key],
        Operation.ITERATE: lambda self, number: iter(self._find(number)),
        Operation.OPERATE: lambda self, name, operands: self._operate(name, *operands),
        Operation.DESCRIBE: lambda self, number: self._values.describe_class(number),
        Operation.DERIVE: lambda self, *about: self._derive(*about),
        Operation.LIBRARY: lambda self, module, name: find_library_object(module, name),
        Operation.NAMES: lambda self: [n for n in self._values.names if type(n) is str],
        Operation.SURROUND: lambda self, changes: self._surround(changes),
        Operation.RUN_TEXT: lambda self, *about: self._run_text(*about),
        Operation.READ_OBJECTS: lambda self, numbers: [self._find(n) for n in numbers],
        Operation.FILES: lambda self: self._files.list_changed(),
        Operation.READ_FILE: lambda self, path: self._files.read(path),
        Operation.WRITE_FILE: lambda self, path, content: self._files.write(path, content),
    }

    def _continue(self, iterator: Any, how: str = "next", *sent: Any) -> tuple[Any, ...]:
        """The next item of an iterator, or the end."""
        try:
            if how in ("close", "send", "throw"):
                return _value(getattr(iterator, how)(*sent))
            if hasattr(type(iterator), "__anext__"):
                return _value(self._loop.complete(anext(iterator)))
            return _value(next(iterator))
        except StopIteration as end:
            return (Reply.LAST.value, end.value)
        except StopAsyncIteration:
            return (Reply.LAST.value, None)

    def _operate(self, name: str, *operands: Any) -> Any:
        result = OPERATORS[name](*operands)
        return self._loop.complete(result) if name in ASYNCHRONOUS else result

    def _find(self, number: int) -> Any:
        return self._values.find_object(number)

    def _run_text(self, mode: str, text: str, given: dict[str, Any] | None) -> list[Any]:
        """The value of a text that a test runs, and the names that it has bound."""
        names = self._values.names if given is None else dict(given)
        if mode == "eval":
            return [eval(text, names), {}]
        exec(text, names)
        bound = {} if given is None else names
        return [None, {name: value for name, value in bound.items() if not name.startswith("__")}]

    def _surround(self, changes: dict[str, Any]) -> dict[str, str]:
        for number, value in changes.pop("refill", ()):
            with contextlib.suppress(TypeError):
                update_in_place(self._find(number), value)
        return self._surroundings.change(changes)

    def _forget(self) -> None:
        self._values.forget()
        self._test_objects.forget()

    def _derive(self, number: int, name: str, attributes: dict[str, Any]) -> int:
        base = self._find(number)
        made = types.new_class(name, (base,), exec_body=lambda names: names.update(attributes))
        return self._values.keep(made)

    def _ask_test(self, number: int, operation: str, arguments: list[Any]) -> Any:
        """Have an object of the test do something, in the middle of an answer."""
        if not self._effects or threading.current_thread() is not self._loop.speaker:
            raise RuntimeError("an object of the test can be used while the test calls you only")
        about = self._effects[-1].take()
        asked = (Reply.TEST.value, number, operation, arguments, about)
        send_frame(self._connection, encode(asked, self._values.extend))
        while True:
            payload = bytes(receive_frame(self._connection))
            operation, *content = decode(payload, self._values.receive)
            if operation == Operation.RETURNED:
                return content[0]
            if operation == Operation.FAILED:
                raise self._test_objects.make_error(*content)
            # The test's function asks us something before it returns.
            self._serve(payload)

    def _describe_value(self, value: Any) -> bytes:
        return encode(value, self._values.extend)

    def _describe_error(
        self, error: BaseException, effects: dict[str, Any], depth: int = 0
    ) -> tuple[Any, ...]:
        names = [kind.__name__ for kind in type(error).__mro__][:20]
        try:
            message = str(error)[:_MAX_MESSAGE]
            arguments = error.args if all(map(_is_scalar, error.args)) else None
        except BaseException:
            message, arguments = "", None
        more: dict[str, Any] = {"arguments": None if arguments is None else list(arguments)}
        with contextlib.suppress(Exception):  # of the student's own properties
            more["state"] = describe_state(error)
        number = self._test_objects.find_error_number(error)
        if number is not None:
            more["test_error"] = number
        elif type(error).__module__ == "__main__":
            more["object"] = self._values.keep(error)
            more["class"] = self._values.keep(type(error))
        else:
            more["module"] = type(error).__module__
        cause = error.__cause__
        if cause is not None and depth < _MOST_CAUSES:
            more["cause"] = list(self._describe_error(cause, {}, depth + 1)[1:4])
        return (Reply.RAISED.value, names, message, more, effects)


def _value(value: Any) -> tuple[Any, ...]:
    return (Reply.VALUE.value, value)


def _is_scalar(value: Any) -> bool:
    return type(value) in (type(None), bool, int, float, str) and len(str(value)) < _MAX_MESSAGE
