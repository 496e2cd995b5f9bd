"""Whole messages over a stream socket, with limits on size and time."""

from __future__ import annotations

import socket
import struct
import time

_HEADER = struct.Struct(">Q")
_CHUNK = 1 << 20


class FrameError(Exception):
    """The other end closed the socket, sent too much, or took too long."""


class FrameTimeoutError(FrameError):
    """The other end took too long."""


class FrameSizeError(FrameError):
    """The other end announced more bytes than allowed."""


def send_frame(sock: socket.socket, payload: bytes, deadline: float | None = None) -> None:
    """Send `payload` whole.

    Args:
        sock: a connected stream socket.
        payload: what to send.
        deadline: `time.monotonic()` at which to give up; None waits forever.

    Raises:
        FrameError: the other end closed the socket.
        FrameTimeoutError: it did not take the payload in time.
    """
    view = memoryview(_HEADER.pack(len(payload)) + payload)
    while view:
        _set_timeout(sock, deadline)
        try:
            view = view[sock.send(view[:_CHUNK]) :]
        except TimeoutError as error:
            raise FrameTimeoutError("the other end does not read") from error
        except OSError as error:
            raise FrameError(f"the other end is gone ({error.strerror})") from error


def receive_frame(
    sock: socket.socket, limit: int = 1 << 30, deadline: float | None = None
) -> bytearray:
    """Receive one payload.

    Args:
        sock: a connected stream socket.
        limit: the largest payload to take, in bytes.
        deadline: `time.monotonic()` at which to give up; None waits forever.

    Raises:
        FrameError: the other end closed the socket.
        FrameSizeError: the payload is larger than `limit`; the socket can no longer be used.
        FrameTimeoutError: it did not arrive in time; the socket can no longer be used.
    """
    (size,) = _HEADER.unpack(_receive_exactly(sock, _HEADER.size, deadline))
    if size > limit:
        raise FrameSizeError(f"{size} bytes announced, {limit} allowed")
    return _receive_exactly(sock, size, deadline)


def _receive_exactly(sock: socket.socket, size: int, deadline: float | None) -> bytearray:
    # Grows as bytes arrive: an announced size alone must not cost memory.
    received = bytearray()
    while len(received) < size:
        _set_timeout(sock, deadline)
        try:
            chunk = sock.recv(min(size - len(received), _CHUNK))
        except TimeoutError as error:
            raise FrameTimeoutError("no answer in time") from error
        except OSError as error:
            raise FrameError(f"the other end is gone ({error.strerror})") from error
        if not chunk:
            raise FrameError("the other end is gone")
        received += chunk
    return received


def _set_timeout(sock: socket.socket, deadline: float | None) -> None:
    if deadline is None:
        sock.settimeout(None)
        return
    left = deadline - time.monotonic()
    if left <= 0:
        raise FrameTimeoutError("no answer in time")
    sock.settimeout(left)


def send_descriptors(sock: socket.socket, fds: list[int]) -> None:
    """Send file descriptors to a process that is trusted."""
    sock.settimeout(None)
    socket.send_fds(sock, [b"f"], fds)


def receive_descriptors(sock: socket.socket, count: int) -> list[int]:
    """Receive `count` file descriptors.

    Raises:
        FrameError: the other end closed the socket.
    """
    sock.settimeout(None)
    data, fds, _, _ = socket.recv_fds(sock, 1, count)
    if not data or len(fds) != count:
        raise FrameError("the other end is gone")
    return fds
