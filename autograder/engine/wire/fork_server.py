"""A process that imports what is slow to import, and forks itself for each piece of work."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import os
import select
import signal
import socket
from collections.abc import Callable, Iterable

from autograder.engine.wire.huge_pages import use_huge_pages

READY = b"ready"
END = b"end"
_MAX_MESSAGE = 1 << 16
_MAX_FDS = 16
_PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36


def import_modules(names: Iterable[str]) -> None:
    """Import the modules that are installed."""
    # Nothing of a module is garbage, and looking for some takes a quarter of an import.
    gc.disable()
    try:
        for name in names:
            with contextlib.suppress(ImportError):
                importlib.import_module(name)
    finally:
        gc.enable()


def serve(control: socket.socket, work: Callable[[bytes, list[int]], None]) -> bool:
    """Send `READY`, then fork once for each request, until told to end or the socket is closed.

    The caller must have run no TensorFlow op and hold nothing secret: a fork inherits its memory,
    and of its file descriptors only the three standard ones (/dev/null) and the request's own.

    Args:
        control: a SOCK_SEQPACKET socket; a request is one message with file descriptors, `END` is
            the one to end.
        work: called in the fork with the request and its descriptors; the fork ends with it.

    Returns:
        Whether it was told to end; otherwise the other end is gone.
    """
    # Orphans of a fork come back here and are reaped.
    set_process_option(PR_SET_CHILD_SUBREAPER, 1)
    # A collection in a fork would touch, and so copy, every page with an object on it.
    gc.collect()
    gc.freeze()
    use_huge_pages()
    control.send(READY)
    poller = select.poll()
    poller.register(control, select.POLLIN)
    while True:
        ready = poller.poll(500)
        _reap()
        if not ready:
            continue
        request, fds, _, _ = socket.recv_fds(control, _MAX_MESSAGE, _MAX_FDS)
        if not request or request == END:
            return request == END
        pid = os.fork()
        if pid == 0:
            _run_in_fork(work, request, fds)
        for fd in fds:
            os.close(fd)


def _run_in_fork(work: Callable[[bytes, list[int]], None], request: bytes, fds: list[int]) -> None:
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
