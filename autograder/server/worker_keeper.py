"""Keeps a worker process running beside the web server."""

from __future__ import annotations

import json
import secrets
import socket
import subprocess
import sys
import threading
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from autograder.server.database import Database
from autograder.server.job_queue import release_jobs
from autograder.server.server_log import log

_RESTART_SECONDS = 1.0
_LONGEST_RESTART_SECONDS = 60.0


class WorkerKeeper:
    """Starts a worker, and another one when it dies.

    Args:
        root: The course folder.
        url: The database's.
        number: Submissions graded at the same time.
        isolation: "auto", "bwrap" or "none".
    """

    def __init__(self, root: Path, url: str, number: int, isolation: str) -> None:
        self._options = {
            "course": str(root),
            "database": url,
            "number": number,
            "isolation": isolation,
        }
        self._database = Database(url)
        self._stop = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._keep, daemon=True)

    def start(self) -> None:
        """Start the worker."""
        self._thread.start()

    def stop(self) -> None:
        """End the worker; its jobs wait for the next one."""
        self._stop.set()
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
        self._thread.join(20)

    @property
    def worker_pid(self) -> int | None:
        """The worker's process, while there is one."""
        return self._process.pid if self._process else None

    def _keep(self) -> None:
        pause = _RESTART_SECONDS
        while not self._stop.is_set():
            name = f"{socket.gethostname()}-{secrets.token_hex(4)}"
            code = self._run(name)
            try:
                release_jobs(self._database, name)
            except SQLAlchemyError:
                log.exception("the jobs of a worker could not be released; their leases run out")
            if self._stop.is_set():
                return
            log.error("the worker ended with exit code %s; another one starts", code)
            self._stop.wait(pause)
            pause = min(2 * pause, _LONGEST_RESTART_SECONDS) if code == 2 else _RESTART_SECONDS

    def _run(self, name: str) -> int:
        command = [sys.executable, "-m", "autograder.server.worker_process"]
        options = json.dumps({**self._options, "name": name})
        self._process = subprocess.Popen([*command, options], stdin=subprocess.PIPE)
        log.info("worker %s started, process %s", name, self._process.pid)
        return self._process.wait()
