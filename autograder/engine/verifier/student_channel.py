"""The trusted side's line to the student's kernel: one question, one bounded answer."""

from __future__ import annotations

import select
import socket
import time
from typing import Any

from autograder.engine.verifier.guarded_array import guard_array
from autograder.engine.verifier.student_error import (
    LimitReachedError,
    NotByValueError,
    make_student_error,
)
from autograder.engine.verifier.trusted_values import TrustedValues
from autograder.engine.wire.agent_protocol import Operation, Reply, read_reply
from autograder.engine.wire.codec import CodecError, decode, encode
from autograder.engine.wire.deadline import MAX_STRETCH, Deadline, WaitingTime
from autograder.engine.wire.frames import (
    FrameError,
    FrameSizeError,
    FrameTimeoutError,
    receive_frame,
    send_frame,
)
from autograder.engine.wire.limits import Limits
from autograder.engine.wire.loss import Cause, Loss

_MIB = 1 << 20
_NOTHING = object()


class StudentChannel:
    """Asks the student's kernel for values and calls; checks whatever it answers.

    Args:
        connection: the socket whose other end the kernel's agent holds.
        limits: how long an answer may take, and how large it may be.
        waiting: how long the kernel has waited for a processor.
    """

    def __init__(self, connection: socket.socket, limits: Limits, waiting: WaitingTime) -> None:
        self._connection, self._limits = connection, limits
        self._values = TrustedValues(self)
        self.failure: LimitReachedError | None = None
        self.is_open = True
        self.deadline = Deadline(limits.seconds, waiting)

    def fetch(self, name: str) -> Any:
        """The value of `name` in the student's kernel.

        Raises:
            KeyError: the kernel has no such name.
        """
        value = self.ask(Operation.GET, name)
        if value is _NOTHING:
            raise KeyError(name)
        return value

    def fetch_next(self, number: int) -> Any:
        """The next item of the student's iterator.

        Raises:
            StopIteration: it has no further item.
        """
        item = self.ask(Operation.NEXT, number)
        if item is _NOTHING:
            raise StopIteration
        return item

    def forget(self) -> None:
        """Drop all handles that the kernel gave out before."""
        self.ask(Operation.FORGET)

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
        payload = encode((operation.value, *arguments), self._values.extend)
        answer = self._exchange(payload)
        try:
            reply, content = read_reply(decode(bytes(answer), self._values.receive, guard_array))
        except (CodecError, TypeError, ValueError) as error:
            detail = f"the kernel's answer can't be read ({error})"
            raise self._fail(Cause.KERNEL_ENDED, detail) from None
        if reply is Reply.VALUE:
            return content[0]
        if reply is Reply.RAISED:
            raise make_student_error(*content)
        return _NOTHING

    def _exchange(self, payload: bytes) -> bytearray:
        """The frame that answers a frame."""
        deadline = self.deadline.shorten(self._limits.call_seconds)
        try:
            send_frame(self._connection, payload, _find_end(deadline))
            while not select.select([self._connection], [], [], max(deadline.measure_left(), 0))[0]:
                if deadline.measure_left() <= 0:
                    raise FrameTimeoutError("no answer in time")
            most = int(self._limits.value_mb * _MIB)
            return receive_frame(self._connection, most, _find_end(deadline))
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


def _find_end(deadline: Deadline) -> float:
    """`time.monotonic()` at which a transfer that has begun is given up."""
    return time.monotonic() + MAX_STRETCH * deadline.measure_left()
