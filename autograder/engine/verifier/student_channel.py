"""The trusted side's line to the student's kernel: one question, one bounded answer."""

from __future__ import annotations

import socket
import time
from typing import Any

from autograder.engine.verifier.student_error import LimitReachedError, student_error
from autograder.engine.verifier.values import Values
from autograder.engine.wire.codec import CodecError, decode, encode
from autograder.engine.wire.frames import (
    FrameError,
    FrameSizeError,
    FrameTimeoutError,
    receive_frame,
    send_frame,
)
from autograder.engine.wire.limits import Limits

_MIB = 1 << 20
_NOTHING = object()


class StudentChannel:
    """Asks the student's kernel for values and calls; whatever it answers is checked.

    Args:
        connection: the socket whose other end the kernel's agent holds.
        limits: how long an answer may take, and how large it may be.
    """

    def __init__(self, connection: socket.socket, limits: Limits) -> None:
        self._connection, self._limits = connection, limits
        self._values = Values(self)
        self.failure: LimitReachedError | None = None
        self.deadline: float | None = None

    def fetch(self, name: str) -> Any:
        """What the student's kernel has under `name`.

        Raises:
            KeyError: nothing.
        """
        value = self.ask("get", name)
        if value is _NOTHING:
            raise KeyError(name)
        return value

    def next_item(self, number: int) -> Any:
        """The next item of the student's iterator.

        Raises:
            StopIteration: there is none.
        """
        item = self.ask("next", number)
        if item is _NOTHING:
            raise StopIteration
        return item

    def forget(self) -> None:
        """Drop all handles given out before."""
        self.ask("forget")

    def ask(self, operation: str, *arguments: Any) -> Any:
        """Ask one question of the agent; returns the value of its answer.

        Raises:
            LimitReachedError: no answer in time, one too large, or none at all; and again at each
                later question, since the channel is then of no use.
            Exception: what the student's code raised, as a built-in exception.
        """
        if self.failure is not None:
            raise self.failure
        payload = encode((operation, *arguments), self._values.extend)
        deadline = time.monotonic() + self._limits.call_seconds
        if self.deadline is not None:
            deadline = min(deadline, self.deadline)
        largest = int(self._limits.value_mb * _MIB)
        try:
            send_frame(self._connection, payload, deadline)
            answer = receive_frame(self._connection, largest, deadline)
        except FrameTimeoutError:
            late = self.deadline is not None and time.monotonic() >= self.deadline
            raise self._fail("cell_seconds" if late else "call_seconds") from None
        except FrameSizeError:
            raise self._fail("value_mb") from None
        except FrameError:
            raise self._fail("died") from None
        try:
            kind, *content = decode(bytes(answer), self._values.receive)
        except (CodecError, TypeError, ValueError) as error:
            raise self._fail("died", f"the kernel's answer can't be read ({error})") from None
        if kind == "value" and len(content) == 1:
            return content[0]
        if kind in ("missing", "last"):
            return _NOTHING
        if kind == "raised" and len(content) == 2:
            raise student_error(*content)
        raise self._fail("died", "the kernel's answer can't be read")

    def _fail(self, limit: str, detail: str = "") -> LimitReachedError:
        self.failure = LimitReachedError(limit, detail)
        return self.failure
