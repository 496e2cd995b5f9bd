"""The grader's end of the student side: asks the warm parent for kernels."""

from __future__ import annotations

import base64
import contextlib
import itertools
import os
import secrets
import shutil
import socket
import struct
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from autograder.engine.host.control_groups import ControlGroups
from autograder.engine.host.kernel_handle import KernelHandle
from autograder.engine.host.sandbox import HOME, WRITABLE, Sandbox
from autograder.engine.host.spawner import Spawner
from autograder.engine.host.syscall_filter import compile_filter, find_problem
from autograder.engine.host.warm_process import START_SECONDS, HostError, WarmProcess
from autograder.engine.wire.channels import CHANNELS
from autograder.engine.wire.frames import FrameError, send_frame
from autograder.engine.wire.limits import Limits
from autograder.engine.wire.messages import (
    SHORT_BYTES,
    FileNames,
    KernelFailure,
    KernelSetup,
    KernelStart,
    check_message,
    pack_message,
    send_message,
    unpack_message,
)

_CREDENTIALS = struct.Struct("iii")


class KernelHost:
    """Owns the student side's warm parent; safe to use from several threads.

    Args:
        sandbox: how kernels are walled in.
        folder: an existing private folder, for sockets.
        spawner: starts the warm parent.
        uses_keras: whether the warm parent imports Keras.

    Raises:
        HostError: the warm parent can't be started.
    """

    def __init__(
        self, sandbox: Sandbox, folder: Path, spawner: Spawner, uses_keras: bool = True
    ) -> None:
        self._sandbox, self._folder, self._spawner = sandbox, folder, spawner
        self._uses_keras = uses_keras
        self._numbers = itertools.count(1)
        self._syscalls = b"" if find_problem() else compile_filter()
        self._groups = ControlGroups()
        # Where a fork gets no namespaces, each kernel has a sandbox, and a warm parent, of its own.
        has_one_parent = sandbox.has_namespaces or not sandbox.is_walled
        self._parent = self._start_parent() if has_one_parent else None

    def _start_parent(self) -> WarmProcess:
        sandbox, module = self._sandbox, "autograder.engine.student.kernel_parent"
        options = ["keras"] if self._uses_keras else []
        return WarmProcess(
            "the student side",
            self._spawner,
            lambda fd: sandbox.wrap(sandbox.python.make_command(module, str(fd), *options)),
            cwd=self._folder,
            env=sandbox.make_environment(HOME if sandbox.is_walled else str(self._folder)),
        )

    @property
    def sharing_problem(self) -> str:
        """Why a kernel can take more than its share of the machine; empty if it can't."""
        return self._groups.problem

    def wait_until_ready(self) -> None:
        """Wait until the warm parent has imported everything.

        Raises:
            HostError: it ended before.
        """
        if self._parent is not None:
            self._parent.wait_until_ready()

    def start_kernel(self, limits: Limits, files: Mapping[str, bytes], seed: int) -> KernelHandle:
        """A fresh kernel that has run nothing.

        Args:
            limits: what it may use.
            files: the content of its working folder, by relative path.
            seed: what its random numbers start from.

        Raises:
            HostError: it could not be started.
        """
        number = next(self._numbers)
        folder = Path(tempfile.mkdtemp(prefix=f"{number}-", dir=self._folder))
        try:
            with contextlib.ExitStack() as undo, contextlib.ExitStack() as theirs:
                undo.callback(shutil.rmtree, folder, ignore_errors=True)
                if group := self._groups.make(folder.name):
                    undo.callback(group.remove)
                parent = self._parent or self._start_parent()
                own_parent = None if parent is self._parent else parent
                if own_parent:
                    undo.callback(own_parent.close)
                agent, agent_there = _socket_pair(undo, theirs)
                status, status_there = _socket_pair(undo, theirs)
                status.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
                listeners = [theirs.enter_context(one) for one in _listen(folder)]
                setup = self._setup(number, folder, limits, seed)
                fds = [sock.fileno() for sock in (*listeners, agent_there, status_there)]
                parent.request_fork(pack_message(setup), fds)
                theirs.close()
                pid = _wait_for_start(status)
                if group:
                    group.hold(pid, limits)
                _send_files(status, files)
                in_namespace = self._sandbox.is_walled
                kernel = KernelHandle(
                    folder, setup.key, pid, agent, status, group, own_parent, in_namespace
                )
                undo.pop_all()
                return kernel
        except (OSError, FrameError) as error:
            raise HostError(f"no kernel could be started: {error}") from error

    def _setup(self, number: int, folder: Path, limits: Limits, seed: int) -> KernelSetup:
        sandbox, home = self._sandbox, HOME
        uid = None if sandbox.uid is None else sandbox.uid + number % 1_000_000
        if not sandbox.is_walled:
            home = _make_home(folder, uid)
        return KernelSetup(
            uid=uid,
            has_namespaces=sandbox.has_namespaces,
            home=home,
            tmp="/tmp" if sandbox.is_walled else f"{home}/tmp",
            keep=[*sandbox.find_folders(), *sandbox.read_only],
            limits=limits,
            key=secrets.token_hex(16),
            seed=seed,
            syscalls=base64.b64encode(self._syscalls).decode(),
            readable=sandbox.find_readable(),
            writable=list(WRITABLE),
        )

    def close(self) -> None:
        """End the warm parent and every kernel."""
        if self._parent is not None:
            self._parent.close()
        self._groups.close()


def _make_home(folder: Path, uid: int | None) -> str:
    """A home for a kernel without walls, in `folder`."""
    home = folder / "home"
    (home / "tmp").mkdir(parents=True, mode=0o700)
    if uid is not None:
        for path in (home, home / "tmp"):
            os.chown(path, uid, uid)
        for path in (folder, folder.parent):
            # The kernel's user may pass through on the way to its home, but not list the folders.
            path.chmod(0o711)
    return str(home)


def _socket_pair(
    ours: contextlib.ExitStack, theirs: contextlib.ExitStack
) -> tuple[socket.socket, socket.socket]:
    """Our end and their end, each closed with its stack."""
    here, there = socket.socketpair()
    return ours.enter_context(here), theirs.enter_context(there)


def _listen(folder: Path) -> Iterator[socket.socket]:
    """A listening socket for each of the kernel's channels."""
    for port in range(1, len(CHANNELS) + 1):
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.bind(str(folder / f"k-{port}"))
        listener.listen(16)
        listener.setblocking(False)
        yield listener


def _wait_for_start(status: socket.socket) -> int:
    """The pid, as seen from here, of the process that reports its start."""
    status.settimeout(START_SECONDS)
    # A frame's header comes with the sender's credentials, which the system fills in.
    header, ancillary, _, _ = status.recvmsg(8, socket.CMSG_SPACE(_CREDENTIALS.size))
    status.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 0)
    if len(header) < 8:
        raise FrameError("the fork ended at once")
    size = int.from_bytes(header, "big")
    if size > SHORT_BYTES:
        raise FrameError(f"{size} bytes announced, {SHORT_BYTES} allowed")
    message = unpack_message(status.recv(size, socket.MSG_WAITALL))
    if isinstance(message, KernelFailure):
        raise FrameError(message.reason)
    check_message(message, KernelStart)
    pid: int = _CREDENTIALS.unpack(ancillary[0][2][: _CREDENTIALS.size])[0]
    return pid


def _send_files(status: socket.socket, files: Mapping[str, bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    send_message(status, FileNames(list(files)), deadline)
    for content in files.values():
        send_frame(status, content, deadline)
