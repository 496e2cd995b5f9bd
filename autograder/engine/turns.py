"""Submissions side by side, and one alone."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator


class Turns:
    """Lets submissions run side by side, except one that has the machine to itself.

    Safe to use from several threads.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._running, self._is_taken = 0, False

    @contextlib.contextmanager
    def share(self) -> Iterator[None]:
        """A turn beside others; it begins when none has the machine to itself."""
        with self._changed:
            self._changed.wait_for(lambda: not self._is_taken)
            self._running += 1
        try:
            yield
        finally:
            with self._changed:
                self._running -= 1
                self._changed.notify_all()

    @contextlib.contextmanager
    def take(self) -> Iterator[None]:
        """A turn alone; it begins when all others have ended, and none begins before it ends."""
        with self._changed:
            self._changed.wait_for(lambda: not self._is_taken)
            self._is_taken = True
        try:
            with self._changed:
                self._changed.wait_for(lambda: self._running == 0)
            yield
        finally:
            with self._changed:
                self._is_taken = False
                self._changed.notify_all()
