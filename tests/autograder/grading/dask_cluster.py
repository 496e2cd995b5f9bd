"""A Dask scheduler with worker processes on this machine."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

START_SECONDS = 60


class DaskCluster:
    """A scheduler and workers on loopback; all end with the `with` statement.

    Args:
        folder: The folder for the workers' files and the log.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._processes: list[subprocess.Popen[bytes]] = []
        self.environment: dict[str, str] = {**os.environ}

    def __enter__(self) -> DaskCluster:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"tcp://127.0.0.1:{port}"
        self.scheduler = self._start("scheduler", "--host", "127.0.0.1", "--port", str(port))
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._processes:
            self.kill(process)

    def add_worker(self) -> None:
        """Start a worker with one thread."""
        options = ("--nthreads", "1", "--no-nanny", "--local-directory", str(self._folder / "w"))
        self._start("worker", self.address, *options)

    def wait_for_workers(self, number: int) -> None:
        """Wait until `number` workers are registered."""
        code = (
            "import sys; from distributed import Client; "
            f"Client(sys.argv[1]).wait_for_workers({number}, timeout={START_SECONDS})"
        )
        subprocess.run([sys.executable, "-c", code, self.address], check=True)

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """Kill the scheduler or a worker."""
        process.kill()
        process.wait()

    def _start(self, *command: str) -> subprocess.Popen[bytes]:
        with (self._folder / "cluster.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "dask", *command, "--no-dashboard"],
                env=self.environment,
                cwd=self._folder,
                stdout=log,
                stderr=log,
            )
        self._processes.append(process)
        return process
