"""Messages between the processes: whole, bounded, in time."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from autograder.engine.wire.frames import (
    FrameError,
    FrameSizeError,
    FrameTimeoutError,
    receive_descriptors,
    receive_frame,
    send_descriptors,
    send_frame,
)


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    here, there = socket.socketpair()
    yield here, there
    here.close()
    there.close()


def test_a_large_message_arrives_whole(pair: tuple[socket.socket, socket.socket]) -> None:
    payload = os.urandom(5_000_000)
    sender = threading.Thread(target=send_frame, args=(pair[0], payload))
    sender.start()
    assert receive_frame(pair[1]) == payload
    sender.join()


def test_descriptors_arrive_after_a_message(pair: tuple[socket.socket, socket.socket]) -> None:
    send_frame(pair[0], b"two")
    send_descriptors(pair[0], [0, 1])
    assert receive_frame(pair[1]) == b"two"
    received = receive_descriptors(pair[1], 2)
    assert len(received) == 2
    for fd in received:
        os.close(fd)


def test_an_announced_size_costs_nothing(pair: tuple[socket.socket, socket.socket]) -> None:
    pair[0].sendall((1 << 60).to_bytes(8, "big"))
    with pytest.raises(FrameSizeError):
        receive_frame(pair[1], limit=1000)


def test_silence_ends_at_the_deadline(pair: tuple[socket.socket, socket.socket]) -> None:
    pair[0].sendall((100).to_bytes(8, "big") + b"begin")
    with pytest.raises(FrameTimeoutError):
        receive_frame(pair[1], deadline=time.monotonic() + 0.05)


def test_a_reader_that_does_not_read(pair: tuple[socket.socket, socket.socket]) -> None:
    with pytest.raises(FrameTimeoutError):
        send_frame(pair[0], bytes(50_000_000), deadline=time.monotonic() + 0.05)


def test_the_other_end_is_gone(pair: tuple[socket.socket, socket.socket]) -> None:
    pair[0].close()
    with pytest.raises(FrameError):
        receive_frame(pair[1])
