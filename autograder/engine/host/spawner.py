"""Starts programs from a thread that lives as long as the grader."""

from __future__ import annotations

import subprocess
from concurrent.futures import ThreadPoolExecutor
from typing import Any


class Spawner:
    """Starts programs that must end with this process.

    "Kill me when my parent ends" means the parent's *thread*: a program started from a worker
    thread would die with that thread. The spawner's one thread ends with `close`.
    """

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="spawner")

    def start(self, command: list[str], **options: Any) -> subprocess.Popen[bytes]:
        """`subprocess.Popen(command, **options)`, from the lasting thread."""
        return self._thread.submit(lambda: subprocess.Popen(command, **options)).result()

    def close(self) -> None:
        """End the thread, and with it every program that still runs."""
        self._thread.shutdown()
