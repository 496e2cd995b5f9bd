"""The trusted side's line to the student's kernel: one question, one bounded answer."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Sequence
from typing import Any

from autograder.engine.verifier.argument_stack import ArgumentStack
from autograder.engine.verifier.effects import show_effects
from autograder.engine.verifier.given_objects import GivenObjects
from autograder.engine.verifier.guarded_array import guard_array
from autograder.engine.verifier.handles import find_handle_number, find_permissions
from autograder.engine.verifier.instructor_profile import InstructorProfile
from autograder.engine.verifier.raised_errors import make_raised_error
from autograder.engine.verifier.student_class import StudentClass
from autograder.engine.verifier.student_classes import StudentClasses
from autograder.engine.verifier.student_error import LimitReachedError, NotByValueError
from autograder.engine.verifier.student_texts import STUDENT_TEXTS
from autograder.engine.verifier.transfer import transfer
from autograder.engine.verifier.trusted_values import TrustedValues
from autograder.engine.wire.agent_protocol import (
    HandleKind,
    Operation,
    Reply,
    is_question,
    read_reply,
)
from autograder.engine.wire.codec import CodecError, decode, encode
from autograder.engine.wire.deadline import Deadline, WaitingTime
from autograder.engine.wire.frames import FrameError, FrameSizeError, FrameTimeoutError
from autograder.engine.wire.limits import Limits
from autograder.engine.wire.loss import Cause, Loss

_MIB = 1 << 20
_NOTHING = object()
_MOST_DEPTH = 40
# They run no code of the student's that could see what the test changed.
_QUIET = frozenset(
    (Operation.DESCRIBE, Operation.FORGET, Operation.NAMES, Operation.SURROUND, Operation.FILES)
) | {Operation.READ_FILE, Operation.WRITE_FILE, Operation.GET, Operation.READ_OBJECTS}


class _End:
    """The end of an iterator, with what a generator has returned."""

    def __init__(self, value: Any) -> None:
        self.value = value


class StudentChannel:
    """Asks the student's kernel for values and calls; checks whatever it answers.

    Args:
        connection: the socket whose other end the kernel's agent holds.
        limits: how long an answer may take, and how large it may be.
        waiting: how long the kernel has waited for a processor.
        profile: what the instructor's notebook does.
    """

    def __init__(
        self,
        connection: socket.socket,
        limits: Limits,
        waiting: WaitingTime,
        profile: InstructorProfile | None = None,
    ) -> None:
        self._connection, self._limits = connection, limits
        self.profile = profile or InstructorProfile(())
        self.given = GivenObjects(self.profile.text)
        self.classes = StudentClasses(self)
        self.arguments = ArgumentStack()
        self._values = TrustedValues(self)
        # The same object is the same stand-in the next time.
        self.stand_ins: dict[tuple[int, HandleKind], Any] = {}
        self._fetched_names: dict[int, str] = {}
        self._lock = threading.RLock()
        self._depth = 0
        # Of the attribute's value that came last.
        self._object_number: Any = None
        self.failure: LimitReachedError | None = None
        self.is_open = True
        self.deadline = Deadline(limits.seconds, waiting)
        # Called before and after what runs the student's code.
        self.before_call: Callable[[Sequence[Any]], None] = lambda arguments: None
        self.after_call: Callable[[], None] = lambda: None
        self.note_attribute: Callable[[Any, Any], Any] = lambda number, value: value

    def fetch(self, name: str) -> Any:
        """The value of `name` in the student's kernel.

        Raises:
            KeyError: the kernel has no such name.
        """
        value = self.ask(Operation.GET, name)
        if value is _NOTHING:
            raise KeyError(name)
        self._remember_name(value, name)
        return self.classes.mark(value) if name in self.profile.instances else value

    def fetch_next(self, number: int, *how: Any) -> Any:
        """The next item of the student's iterator.

        Args:
            number: of the iterator.
            how: for a generator, "send" and a value, or "throw" and an exception.

        Raises:
            StopIteration: it has no further item.
        """
        item = self.ask(Operation.RESUME if how else Operation.NEXT, number, *how)
        if type(item) is _End:
            raise StopIteration(item.value)
        return item

    def close_generator(self, number: int) -> None:
        """Close the student's generator, unless the kernel is busy with another question.

        Python may drop a generator at any time, also while a value is encoded.
        """
        if self._depth == 0 and self.is_open and self.failure is None:
            self.ask(Operation.RESUME, number, "close")

    def fetch_attribute(self, handle: Any, name: str) -> Any:
        """An attribute of the student's object."""
        number = find_handle_number(handle)
        self._object_number = None
        value = self.ask(Operation.ATTRIBUTE, number, name)
        value = self.note_attribute(self._object_number, value)
        self._remember_name(value, name)
        return self.keep_origin(handle, value)

    def fetch_from_module(self, module: str, name: str) -> Any:
        """What a module of the student's kernel has under a name."""
        value = self.ask(Operation.LIBRARY, module, name)
        self._remember_name(value, name)
        return value

    def fetch_method(self, number: int, name: str) -> Any:
        """The number of a method of the student's class; what a test has put in its place."""
        value = self.ask(Operation.ATTRIBUTE, number, name)
        found = find_handle_number(value)
        if found is None and not self.given.is_given(value):
            raise NotByValueError(f"`{name}` of the student's class is not a function")
        return value if found is None else found

    def _remember_name(self, value: Any, name: str) -> None:
        number = find_handle_number(value)
        if number is not None:
            self._fetched_names[number] = name
            if getattr(value, "__name__", "") == "<lambda>":
                vars(value)["fetched_name"] = name

    def find_fetched_name(self, number: int) -> str:
        """By which name the test got a function; the student does not choose it."""
        return self._fetched_names.get(number, "")

    def keep_origin(self, origin: Any, value: Any) -> Any:
        """The value; the test may ask as much of it as of the object that it came from."""
        is_class = issubclass(type(origin), StudentClass) or not hasattr(origin, "_handle_number")
        if is_class or find_permissions(origin) is not None:
            return self.classes.mark(value)
        return value

    def list_names(self) -> list[str]:
        """The names in the student's kernel."""
        names = self.ask(Operation.NAMES) if self.is_open and self.failure is None else []
        return [name for name in names if type(name) is str] if type(names) is list else []

    def can_send(self, value: Any) -> bool:
        """Whether a value of the test's can cross to the student's code."""
        return bool(self.describe(value))

    def describe(self, value: Any) -> bytes:
        """The bytes of a value as it crosses; none where it can't cross."""
        try:
            return encode(value, self._values.extend)
        except (CodecError, TypeError):
            return b""

    def operate(self, name: str, *operands: Any) -> Any:
        """What the student's objects do for an operator."""
        return self.ask(Operation.OPERATE, name, list(operands))

    def call(self, number: int, name: str, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
        """Call the student's function of this number, under the name that the test knows."""
        given = list(args)
        changeable = self.profile.find_changeable(name, given, kwargs)
        with self.arguments.add([given, kwargs], changeable):
            value = self.ask(Operation.CALL, number, given, kwargs, changeable)
        return self.classes.mark(value) if name in self.profile.makers else value

    def ask(self, operation: Operation, *arguments: Any) -> Any:
        """Ask the agent one question; returns the value of its answer.

        Raises:
            LimitReachedError: no answer in time, one too large, or none at all; and again at each
                later question, since the channel is then of no use.
            Exception: what the student's code raised, as a built-in exception.
        """
        if self.failure is not None:
            raise self.failure
        if not self.is_open:
            raise NotByValueError("the student's code is not asked here")
        with self._lock:
            self._depth += 1
            try:
                return self._ask(operation, arguments)
            finally:
                self._depth -= 1

    def _ask(self, operation: Operation, arguments: tuple[Any, ...]) -> Any:
        is_quiet = operation in _QUIET
        if not is_quiet:
            self.before_call(arguments)
        payload = encode((operation.value, *arguments), self._values.extend)
        try:
            value = self._read(self._exchange(payload))
            if type(value) is _End and operation not in (Operation.NEXT, Operation.RESUME):
                raise NotByValueError("the kernel answered a question that was not asked")
            return value
        except LimitReachedError as error:
            # The answer may still come: the line is of no use any more.
            self.failure = self.failure or error
            raise
        finally:
            if not is_quiet and self.failure is None:
                self.after_call()

    def _decode(self, answer: bytes) -> tuple[Reply, list[Any]]:
        try:
            return read_reply(decode(answer, self._values.receive, guard_array, STUDENT_TEXTS.note))
        except (CodecError, TypeError, ValueError) as error:
            detail = f"the kernel's answer can't be read ({error})"
            raise self._fail(Cause.KERNEL_ENDED, detail) from None

    def _read(self, answer: bytes) -> Any:
        reply, content = self._decode(answer)
        if reply is Reply.VALUE:
            self._apply(content[1] if len(content) > 1 else {})
            return content[0]
        if reply is not Reply.RAISED:
            self._apply(content[-1] if content else {})
            if reply is Reply.MISSING:
                return _NOTHING
            return _End(content[0] if len(content) > 1 else None)
        names, message, *more = content
        self._apply(more[1] if len(more) > 1 else {})
        raise make_raised_error(self, names, message, more[0] if more else {})

    def _apply(self, effects: Any) -> None:
        """Print and warn as the student's code did, and change the arguments that it changed."""
        if type(effects) is not dict:
            return
        show_effects(effects)
        self._object_number = effects.get("number", self._object_number)
        self.arguments.change(effects.get("changed"))
        for number, value in self.arguments.list_kept(effects.get("kept")):
            self.note_attribute(number, value)

    def _exchange(self, payload: bytes) -> bytes:
        """The frame that answers a frame; the student's code may ask objects of the test before."""
        deadline = self.deadline.shorten(self._limits.call_seconds)
        while True:
            answer = self._transfer(payload, deadline)
            # Whether it is a question is read without making anything of it.
            if not is_question(answer):
                return answer
            _, content = self._decode(answer)
            payload = self._answer_question(*content)

    def _answer_question(self, number: Any, operation: Any, arguments: Any, effects: Any) -> bytes:
        self._apply(effects)
        if len(self.arguments) > _MOST_DEPTH:
            raise self._fail(Cause.CALL_SECONDS, "it calls the test's functions without end")
        try:
            value = self.given.use(number, operation, arguments)
            return encode((Operation.RETURNED.value, value), self._values.extend)
        except LimitReachedError:
            raise
        except BaseException as error:
            described = self.given.describe_error(error)
            return encode((Operation.FAILED.value, *described))

    def _transfer(self, payload: bytes, deadline: Deadline) -> bytes:
        try:
            most = int(self._limits.value_mb * _MIB)
            return transfer(self._connection, payload, deadline, most)
        except FrameTimeoutError:
            is_late = self.deadline.measure_left() <= 0
            raise self._fail(Cause.CELL_SECONDS if is_late else Cause.CALL_SECONDS) from None
        except FrameSizeError:
            raise self._fail(Cause.VALUE_MB) from None
        except FrameError:
            raise self._fail(Cause.KERNEL_ENDED) from None

    def _fail(self, cause: Cause, detail: str = "") -> LimitReachedError:
        self.failure = LimitReachedError(Loss(cause, detail))
        return self.failure
