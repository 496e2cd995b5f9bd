"""A program that imports once and then forks on request, as the grader holds it."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import threading
from collections.abc import Callable
from typing import Any

from autograder.engine.host.spawner import Spawner
from autograder.engine.wire.fork_server import END, READY

START_SECONDS = 120.0


class HostError(Exception):
    """A kernel, a verifier or a warm parent could not be started; the message says why."""


class WarmProcess:
    """A warm parent, started again when it was killed; safe to use from several threads.

    Args:
        name: what messages call it.
        spawner: starts the program.
        command: the command line, for the descriptor of the program's control socket.
        options: further options of `subprocess.Popen`.

    Raises:
        HostError: the program can't be started.
    """

    def __init__(
        self, name: str, spawner: Spawner, command: Callable[[int], list[str]], **options: Any
    ) -> None:
        self._name, self._spawner = name, spawner
        self._command, self._options = command, options
        self._lock = threading.Lock()
        self._start()

    def _start(self) -> None:
        self._is_ready = False
        self._control, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with there:
            try:
                self._process = self._spawner.start(
                    self._command(there.fileno()),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    pass_fds=[there.fileno()],
                    **self._options,
                )
            except OSError as error:
                self._control.close()
                raise HostError(f"{self._name} can't be started: {error}") from error

    def wait_until_ready(self) -> None:
        """Wait until the program has imported everything.

        Raises:
            HostError: it ended before.
        """
        with self._lock:
            self._wait()

    def _wait(self) -> None:
        if self._is_ready:
            return
        self._control.settimeout(START_SECONDS)
        try:
            self._is_ready = self._control.recv(len(READY)) == READY
        except OSError as error:
            raise HostError(f"{self._name} did not start: {error}") from error
        if not self._is_ready:
            raise HostError(f"{self._name} did not start: it ended while importing")

    def request_fork(self, request: bytes, fds: list[int]) -> None:
        """Have the program fork for a request.

        Args:
            request: what the fork is told; not empty.
            fds: the descriptors that it gets.

        Raises:
            HostError: the program is gone and could not be started again.
        """
        with self._lock:
            if self._process.poll() is not None:
                # Killed from outside: start a new one, and grading goes on.
                self._control.close()
                self._start()
            self._wait()
            try:
                socket.send_fds(self._control, [request], fds)
            except OSError as error:
                raise HostError(f"{self._name} is gone: {error}") from error

    def close(self) -> None:
        """End the program and every fork."""
        with contextlib.suppress(OSError):
            self._control.send(END)
        self._control.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
