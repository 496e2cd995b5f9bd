"""A process that has imported what is slow, and forks itself for each piece of work."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import json
import os
import select
import signal
import socket
from collections.abc import Callable
from typing import Any

END = b"null"
_MAX_MESSAGE = 1 << 16
_MAX_FDS = 16
_PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36


def serve_forks(control: socket.socket, work: Callable[[Any, list[int]], None]) -> bool:
    """Fork once for each request on `control`, until one says to end or its other end is closed.

    The caller must have run no TensorFlow op and hold nothing secret: a fork inherits its memory,
    and of its file descriptors only the three standard ones (/dev/null) and the request's own.

    Args:
        control: a SOCK_SEQPACKET socket; a request is one JSON message with file descriptors,
            `END` the one to end.
        work: called in the fork with the request and its descriptors; the fork ends with it.

    Returns:
        Whether it was told to end; otherwise whoever asks is gone.
    """
    # Orphans of a fork come back here and are reaped.
    set_process_option(PR_SET_CHILD_SUBREAPER, 1)
    # A collection in a fork would touch, and so copy, every page with an object on it.
    gc.collect()
    gc.freeze()
    poller = select.poll()
    poller.register(control, select.POLLIN)
    while True:
        ready = poller.poll(500)
        _reap()
        if not ready:
            continue
        data, fds, _, _ = socket.recv_fds(control, _MAX_MESSAGE, _MAX_FDS)
        if not data or data == END:
            return data == END
        pid = os.fork()
        if pid == 0:
            _run_in_fork(work, json.loads(data), fds)
        for fd in fds:
            os.close(fd)


def _run_in_fork(work: Callable[[Any, list[int]], None], request: Any, fds: list[int]) -> None:
    status = 1
    try:
        close_all_but({0, 1, 2, *fds})
        work(request, fds)
        status = 0
    finally:
        # Not sys.exit: what the parent registered with atexit is the parent's.
        os._exit(status)


def close_all_but(keep: set[int]) -> None:
    """Close every file descriptor that is not in `keep`."""
    for name in os.listdir("/proc/self/fd"):
        if int(name) not in keep:
            with contextlib.suppress(OSError):
                os.close(int(name))


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process as soon as its parent, `parent`, has ended."""
    set_process_option(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def set_process_option(option: int, value: int) -> None:
    """Call prctl(2).

    Raises:
        OSError: the kernel refused.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(option, value, 0, 0, 0) != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"prctl {option}: {os.strerror(code)}")


def _reap() -> None:
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
