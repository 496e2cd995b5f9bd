"""Stand-ins for a student's objects that are awaited: the kernel waits, and then answers."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from autograder.engine.verifier.handles import OpenHandle, may_drop


class AsyncHandle(OpenHandle):
    """A student's coroutine, task, asynchronous iterator or context manager."""

    def __await__(self) -> Generator[Any, None, Any]:
        value = self._handle_channel.keep_origin(self, self._ask_operator("await", self))
        yield from ()
        return value

    def __aiter__(self) -> Any:
        return self._handle_channel.keep_origin(self, self._ask_operator("aiter", self))

    async def __anext__(self) -> Any:
        try:
            return self._handle_channel.fetch_next(self._handle_number)
        except StopIteration:
            raise StopAsyncIteration from None

    async def __aenter__(self) -> Any:
        return self._handle_channel.keep_origin(self, self._ask_operator("aenter", self))

    async def __aexit__(self, kind: Any, error: BaseException | None, trace: Any) -> bool:
        return self._ask_operator("aexit", self, error) is True and may_drop(error)
