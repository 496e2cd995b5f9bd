"""A line between a verifier's channel and a student's agent, both in this process."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from typing import Any

from autograder.engine.student.agent import Agent
from autograder.engine.verifier.student_channel import StudentChannel
from autograder.engine.wire.deadline import WaitingTime
from autograder.engine.wire.limits import Limits


@contextlib.contextmanager
def connect(names: dict[str, Any]) -> Iterator[StudentChannel]:
    """A channel to an agent that answers from these names."""
    here, there = socket.socketpair()
    agent = Agent(there, names)

    def serve() -> None:
        while agent.serve_one():
            pass

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    with here, there:
        yield StudentChannel(here, Limits(call_seconds=60), WaitingTime())
        here.shutdown(socket.SHUT_RDWR)
        thread.join(10)


def fetch(names: dict[str, Any], name: str = "model") -> Any:
    """The value of a name as the verifier gets it; for values that need no channel later."""
    with connect(names) as channel:
        return channel.fetch(name)
