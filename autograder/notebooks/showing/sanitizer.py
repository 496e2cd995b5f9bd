"""Makes students' markup harmless, in a process with limits on time and memory."""

from __future__ import annotations

import contextlib
import json
import os
import select
import subprocess
import sys
import threading
import time
from functools import cache
from pathlib import Path
from typing import IO, Any, cast

from autograder.errors import AutograderError
from autograder.notebooks.showing.sanitizing_process import HEADER, READY

_START_SECONDS = 120.0
_LONGEST = 16_000_000  # characters of an answer; an image of 12 million among them
_ROOT = Path(__file__).resolve().parents[3]


class Sanitizer:
    """A process that sanitizes; started when it is first needed, and again after it was ended."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def sanitize(self, kind: str, *values: Any, seconds: float) -> str | None:
        """Return harmless HTML.

        Args:
            kind: A key of `SANITIZERS`.
            *values: The text, and what else its function takes.
            seconds: How long it may take.

        Returns:
            The HTML; None if it takes too long, or if the text cannot be read.

        Raises:
            AutograderError: The process does not start.
        """
        request = json.dumps([kind, *values]).encode()
        with self._lock:
            process = self._process or self._start()
            try:
                pipe = cast(IO[bytes], process.stdin)
                pipe.write(HEADER.pack(len(request)) + request)
                pipe.flush()
                answer = json.loads(_read(process, seconds))
            except (OSError, ValueError):
                self._end()
                return None
            except BaseException:
                self._end()  # its answer would be taken for the next one's
                raise
        return answer if isinstance(answer, str) and len(answer) <= _LONGEST else None

    def _start(self) -> subprocess.Popen[bytes]:
        module = "autograder.notebooks.showing.sanitizing_process"
        paths = [str(_ROOT), os.environ.get("PYTHONPATH", "")]
        process = self._process = subprocess.Popen(
            [sys.executable, "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))},
        )
        with contextlib.suppress(OSError, ValueError):
            if _read(process, _START_SECONDS) == READY:
                return process
        self._end()
        raise AutograderError(
            "the process that sanitizes students' markup does not start",
            f"try it: {sys.executable} -m {module}",
        )

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()


@cache
def get_sanitizer() -> Sanitizer:
    """Return the sanitizer of this process; its child ends with it."""
    return Sanitizer()


def _read(process: subprocess.Popen[bytes], seconds: float) -> bytes:
    """Read one answer.

    Raises:
        OSError: It is not complete in time.
    """
    end = time.monotonic() + seconds
    (size,) = HEADER.unpack(_read_bytes(process, HEADER.size, end))
    if size > 6 * _LONGEST:  # JSON writes some characters as six
        raise OSError("the answer is too long")
    return _read_bytes(process, size, end)


def _read_bytes(process: subprocess.Popen[bytes], size: int, end: float) -> bytes:
    pipe = cast(IO[bytes], process.stdout).fileno()
    content = bytearray()
    while len(content) < size:
        if not select.select([pipe], [], [], max(0.0, end - time.monotonic()))[0]:
            raise OSError("the sanitizer takes too long")
        part = os.read(pipe, min(size - len(content), 1 << 20))
        if not part:
            raise OSError("the sanitizer has ended")
        content += part
    return bytes(content)
