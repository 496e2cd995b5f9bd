"""A bound on the computing that a student's text may cost."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

_AGAIN = 0.5  # seconds; an exception in a destructor is lost


class TooLong(BaseException):
    """The time is used up. No `Exception`: libraries catch those on the way."""


class ComputingTime:
    """So many seconds of computing for many pieces of work; a busy machine takes none of them.

    For the main thread, as Python's signals are.

    Args:
        seconds: processor time for all pieces together.
    """

    def __init__(self, seconds: float) -> None:
        self._left = seconds

    @contextmanager
    def at_most(self, seconds: float) -> Iterator[None]:
        """Stop the piece of work in the `with` block where it stands when its time is used up.

        Args:
            seconds: processor time for this piece; less where less is left for all.

        Raises:
            TooLong: the piece was stopped, or nothing is left for it.
        """
        seconds = min(seconds, self._left)
        if seconds < 0.001:
            raise TooLong
        began, counted = time.process_time(), 0.0
        before = signal.signal(signal.SIGVTALRM, _stop)
        try:
            try:
                signal.setitimer(signal.ITIMER_VIRTUAL, seconds, _AGAIN)
                yield
            except TooLong:
                counted = seconds
                raise
            finally:
                signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        finally:
            # Once more: the signal may come between the end of the work and the line above.
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
            signal.signal(signal.SIGVTALRM, before)
            # The timer counts whole ticks and may be ahead of the clock: what it gave is used up.
            self._left -= max(time.process_time() - began, counted)


def _stop(*_: object) -> None:
    raise TooLong
