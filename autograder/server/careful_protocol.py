"""uvicorn's HTTP protocol, which also closes connections whose request never arrives."""

from __future__ import annotations

import asyncio
from collections import Counter

from uvicorn.protocols.http.h11_impl import H11Protocol

_HEADER_SECONDS = 10.0
_MOST_CONNECTIONS = 1_000
_MOST_OF_ADDRESS = 400  # a computer room may come from one address


class CarefulProtocol(H11Protocol):
    """Closes a connection on which no whole request arrives in time, and connections too many."""

    _by_address: Counter[str] = Counter()
    _timer: asyncio.TimerHandle | None = None
    _is_counted = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A connection is there; see `asyncio.Protocol`."""
        super().connection_made(transport)
        address = self.client[0] if self.client else ""
        too_many = len(self.connections) > _MOST_CONNECTIONS
        if too_many or self._by_address[address] >= _MOST_OF_ADDRESS:
            transport.abort()
            return
        self._by_address[address] += 1
        self._is_counted = True
        self._wait_for_request()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection has ended; see `asyncio.Protocol`."""
        if self._timer is not None:
            self._timer.cancel()
        if self._is_counted:
            address = self.client[0] if self.client else ""
            self._by_address[address] -= 1
            if self._by_address[address] <= 0:
                del self._by_address[address]
        super().connection_lost(exc)

    def on_response_complete(self) -> None:
        """An answer was sent; the next request must arrive in time, too."""
        super().on_response_complete()
        self._wait_for_request()

    def _wait_for_request(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self.loop.call_later(_HEADER_SECONDS, self._close_idle)

    def _close_idle(self) -> None:
        is_answering = self.cycle is not None and not self.cycle.response_complete
        if not is_answering and not self.transport.is_closing():
            self.transport.abort()
