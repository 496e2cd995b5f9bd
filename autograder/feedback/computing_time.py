"""A limit on the processor time that rendering a student's text may take."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

_REPEAT = 0.5  # seconds; an exception in a destructor is lost


class TimeLimitExceeded(BaseException):
    """The time is used up. Not an `Exception`, because libraries catch those on the way."""


class ComputingTime:
    """A budget of processor time for several pieces of work; waiting costs nothing.

    For the main thread only, like Python's signals.

    Args:
        seconds: processor time for all pieces together.
    """

    def __init__(self, seconds: float) -> None:
        self._left = seconds

    @contextmanager
    def limit(self, seconds: float) -> Iterator[None]:
        """Stop the work in the `with` block when its time is used up.

        Args:
            seconds: processor time for this piece; less when less is left for all.

        Raises:
            TimeLimitExceeded: the piece was stopped, or no time is left for it.
        """
        seconds = min(seconds, self._left)
        if seconds < 0.001:
            raise TimeLimitExceeded
        began, counted = time.process_time(), 0.0
        before = signal.signal(signal.SIGVTALRM, _stop)
        try:
            try:
                signal.setitimer(signal.ITIMER_VIRTUAL, seconds, _REPEAT)
                yield
            except TimeLimitExceeded:
                counted = seconds
                raise
            finally:
                signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        finally:
            # Once more: the signal may come between the end of the work and the line above.
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
            signal.signal(signal.SIGVTALRM, before)
            # The timer counts whole ticks and may be ahead of the clock: count the larger of both.
            self._left -= max(time.process_time() - began, counted)


def _stop(*_: object) -> None:
    raise TimeLimitExceeded
