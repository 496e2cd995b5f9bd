"""An event loop for what the trusted side awaits; the kernel's own loop is busy meanwhile."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable
from typing import Any


class OwnLoop:
    """Runs coroutines to their end, all in one loop, while the main thread waits."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        # Which thread runs the student's code; no other one may use the line.
        self.speaker: threading.Thread = threading.main_thread()

    def complete(self, awaitable: Awaitable[Any]) -> Any:
        """Return what an awaitable returns in the end."""
        before = self.speaker
        results: list[tuple[Any, BaseException | None]] = []

        async def wait() -> Any:
            return await awaitable

        def run() -> None:
            loop = self._loop or asyncio.new_event_loop()
            # A coroutine that is awaited in the middle of another one has a loop of its own.
            self._loop = None
            try:
                results.append((loop.run_until_complete(wait()), None))
            except BaseException as error:
                results.append((None, error))
            finally:
                self._loop = loop

        self.speaker = threading.Thread(target=run)
        try:
            self.speaker.start()
            self.speaker.join()
        finally:
            self.speaker = before
        result, error = results[0]
        if error is not None:
            raise error
        return result
