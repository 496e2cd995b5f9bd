"""Records what the student's code prints and warns of while the trusted side asks."""

from __future__ import annotations

import contextlib
import io
import sys
import warnings
from collections.abc import Iterator
from typing import Any

_MOST_TEXT = 1 << 20
_MOST_WARNINGS = 1_000


class RecordedEffects:
    """What was printed and warned of, in order."""

    def __init__(self) -> None:
        self._printed: list[list[str]] = []
        self._warned: list[Any] = []
        self._left = _MOST_TEXT

    @contextlib.contextmanager
    def record(self) -> Iterator[None]:
        """Record instead of showing; the streams and filters are as before in the end."""
        before = sys.stdout, sys.stderr
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            self._warned = caught
            sys.stdout, sys.stderr = _Stream(self, "stdout"), _Stream(self, "stderr")
            try:
                yield
            finally:
                sys.stdout, sys.stderr = before

    def write(self, stream: str, text: str) -> None:
        """Keep a text that was printed."""
        text = text[: self._left]
        self._left -= len(text)
        if self._printed and self._printed[-1][0] == stream:
            self._printed[-1][1] += text
        elif text:
            self._printed.append([stream, text])

    def take(self) -> dict[str, Any]:
        """What was recorded since the last time."""
        warned = [
            [[kind.__name__ for kind in one.category.__mro__][:20], str(one.message)[:2_000]]
            for one in self._warned[:_MOST_WARNINGS]
        ]
        taken = {"printed": self._printed, "warned": warned}
        self._printed = []
        self._warned[:] = []
        return taken


class _Stream(io.TextIOBase):
    """Standard output or standard error."""

    def __init__(self, effects: RecordedEffects, name: str) -> None:
        super().__init__()
        self._effects, self._name = effects, name

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self._effects.write(self._name, str(text))
        return len(text)
