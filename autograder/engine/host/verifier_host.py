"""The grader's end of the trusted side: asks its warm parent for verifiers."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

from autograder.engine.host.sandbox import HOME, Sandbox
from autograder.engine.host.spawner import Spawner
from autograder.engine.host.warm_process import WarmProcess

# Others may change marks: PYTHONOPTIMIZE, for one, switches assertions off.
_KEPT = ("PATH", "HOME", "USER", "LANG", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "VIRTUAL_ENV")


class VerifierHost:
    """Owns the trusted side's warm parent; safe to use from several threads.

    Args:
        folder: the run's private folder; the warm parent removes it when the grader is gone.
        spawner: starts the warm parent.
        environment: further environment variables for the test cells.
        sandbox: walls in the warm parent, too.
        uses_keras: whether the warm parent imports Keras.

    Raises:
        HostError: the warm parent can't be started.
    """

    def __init__(
        self,
        folder: Path,
        spawner: Spawner,
        environment: Mapping[str, str],
        sandbox: Sandbox,
        uses_keras: bool = True,
    ) -> None:
        package = Path(__file__).resolve().parents[3]
        options = ["keras"] if uses_keras else []
        paths = [str(package), *filter(None, [os.environ.get("PYTHONPATH")])]
        self._parent = WarmProcess(
            "the verifier",
            spawner,
            lambda fd: sandbox.wrap_verifier([*_command(fd, folder), *options], folder),
            cwd=folder,
            env={
                **_choose_variables(os.environ),
                "PYTHONPATH": os.pathsep.join(paths),
                "CUDA_VISIBLE_DEVICES": "-1",
                "MPLBACKEND": "agg",
                "TF_CPP_MIN_LOG_LEVEL": "3",
                # oneDNN looks through all of TensorFlow's kernels, 5 ms, for each op's first time:
                # a tenth of a submission's time here, where every fork is new and computes little.
                "TF_ENABLE_ONEDNN_OPTS": "0",
                **({"HOME": HOME, "TMPDIR": "/tmp"} if sandbox.is_walled else {}),
                **environment,
            },
            # Killed with its process group, the grader leaves this process to clean up.
            start_new_session=True,
        )

    def wait_until_ready(self) -> None:
        """Wait until the warm parent has imported everything.

        Raises:
            HostError: it ended before.
        """
        self._parent.wait_until_ready()

    def start_verifier(self) -> socket.socket:
        """A fresh verifier's socket; the verifier waits there for a `Job` and ends with it.

        Raises:
            HostError: it could not be started.
        """
        here, there = socket.socketpair()
        with there:
            self._parent.request_fork(b"verify", [there.fileno()])
        return here

    def close(self) -> None:
        """End the warm parent and every verifier."""
        self._parent.close()


def _command(fd: int, folder: Path) -> list[str]:
    program = [sys.executable, "-m", "autograder.engine.verifier.verifier_parent"]
    return [*program, str(fd), str(folder), str(os.getpid())]


def _choose_variables(environment: Mapping[str, str]) -> dict[str, str]:
    """The variables that the test cells' process takes from the grader's."""
    return {
        name: value
        for name, value in environment.items()
        if name in _KEPT or name.startswith(("LC_", "CONDA_"))
    }
