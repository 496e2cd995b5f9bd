"""The grader's end of the trusted side: asks its warm parent for verifiers."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from autograder.engine.host.spawner import Spawner
from autograder.engine.wire.fork_server import END

_START_SECONDS = 120.0


class VerifierHostError(Exception):
    """The trusted side could not be started; the message says why."""


class VerifierHost:
    """Owns the trusted side's warm parent; safe to use from several threads.

    Args:
        folder: the run's private folder; the warm parent removes it when the grader is gone.
        spawner: starts the warm parent.
        environment: further environment variables for the test cells.
        wrap: makes of a program's command line one that runs it without a network.
    """

    def __init__(
        self,
        folder: Path,
        spawner: Spawner,
        environment: Mapping[str, str],
        wrap: Callable[[list[str]], list[str]],
    ) -> None:
        self._wrap = wrap
        self._folder, self._spawner = folder, spawner
        package = Path(__file__).resolve().parents[3]
        paths = [str(package), *filter(None, [os.environ.get("PYTHONPATH")])]
        self._environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(paths),
            "CUDA_VISIBLE_DEVICES": "-1",
            "MPLBACKEND": "agg",
            "TF_CPP_MIN_LOG_LEVEL": "3",
            # oneDNN looks through all of TensorFlow's kernels, 5 ms, for each op's first time: a
            # tenth of a submission's time here, where every fork is new and computes little.
            "TF_ENABLE_ONEDNN_OPTS": "0",
            **environment,
        }
        self._lock = threading.Lock()
        self._start()

    def _start(self) -> None:
        self._ready = False
        self._control, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        program = ["-m", "autograder.engine.verifier.warm_parent", str(there.fileno())]
        self._process = self._spawner.start(
            self._wrap([sys.executable, *program, str(self._folder), str(os.getpid())]),
            cwd=self._folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=[there.fileno()],
            # Whoever kills the grader's process group leaves this one to tidy up.
            start_new_session=True,
        )
        there.close()

    def wait_until_ready(self) -> None:
        """Wait until the warm parent has imported everything.

        Raises:
            VerifierHostError: it ended before.
        """
        with self._lock:
            self._wait()

    def _wait(self) -> None:
        if self._ready:
            return
        self._control.settimeout(_START_SECONDS)
        try:
            self._ready = self._control.recv(16) == b"ready"
        except OSError as error:
            raise VerifierHostError(f"the verifier did not start: {error}") from error
        if not self._ready:
            raise VerifierHostError("the verifier did not start: it ended while importing")

    def start_verifier(self) -> socket.socket:
        """A fresh verifier's socket: it waits there for a submission, and ends with it."""
        here, there = socket.socketpair()
        with self._lock:
            if self._process.poll() is not None:
                # Killed from outside: a new one, and grading goes on.
                self._control.close()
                self._start()
            self._wait()
            try:
                socket.send_fds(self._control, [json.dumps({}).encode()], [there.fileno()])
            except OSError as error:
                raise VerifierHostError(f"the verifier is gone: {error}") from error
        there.close()
        return here

    def close(self) -> None:
        """End the warm parent and every verifier."""
        with contextlib.suppress(OSError):
            self._control.send(END)
        self._control.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
