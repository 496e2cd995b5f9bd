"""One frame to the student's kernel and one back, within a deadline."""

from __future__ import annotations

import select
import socket
import time

from autograder.engine.wire.deadline import MAX_STRETCH, Deadline
from autograder.engine.wire.frames import FrameTimeoutError, receive_frame, send_frame


def transfer(connection: socket.socket, payload: bytes, deadline: Deadline, most: int) -> bytes:
    """Send a frame; returns the frame that answers it.

    Args:
        connection: the socket to the kernel's agent.
        payload: what to send.
        deadline: when to give up.
        most: the most bytes that the answer may have.

    Raises:
        FrameError: no answer in time, one too large, or none at all.
    """
    send_frame(connection, payload, _find_end(deadline))
    while not select.select([connection], [], [], max(deadline.measure_left(), 0))[0]:
        if deadline.measure_left() <= 0:
            raise FrameTimeoutError("no answer in time")
    return bytes(receive_frame(connection, most, _find_end(deadline)))


def _find_end(deadline: Deadline) -> float:
    """`time.monotonic()` at which a transfer that has begun is given up."""
    return time.monotonic() + MAX_STRETCH * deadline.measure_left()
