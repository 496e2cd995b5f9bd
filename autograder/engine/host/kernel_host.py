"""The grader's end of the student side: asks the warm parent for kernels."""

from __future__ import annotations

import itertools
import json
import os
import secrets
import shutil
import socket
import struct
import subprocess
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path

from autograder.engine.host.kernel_handle import KernelHandle
from autograder.engine.host.memory_groups import MemoryGroups
from autograder.engine.host.sandbox import HOME, Sandbox
from autograder.engine.host.spawner import Spawner
from autograder.engine.wire.channels import CHANNELS
from autograder.engine.wire.frames import FrameError, send_frame, send_json
from autograder.engine.wire.limits import Limits

_START_SECONDS = 120.0
_CREDENTIALS = struct.Struct("iii")


class KernelHostError(Exception):
    """A kernel, or the warm parent, could not be started; the message says why."""


class KernelHost:
    """Owns the student side's warm parent; safe to use from several threads.

    Args:
        sandbox: how kernels are walled in.
        folder: an existing private folder, for sockets.
        spawner: starts the warm parent.
    """

    def __init__(self, sandbox: Sandbox, folder: Path, spawner: Spawner) -> None:
        self.sandbox = sandbox
        self._folder, self._spawner = folder, spawner
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._memory = MemoryGroups()
        self._parent: _WarmParent | None = None
        if not self._one_start_each:
            self._parent = self._start_parent()

    @property
    def _one_start_each(self) -> bool:
        return self.sandbox.walled and not self.sandbox.namespaces

    def _start_parent(self) -> _WarmParent:
        return _WarmParent(self.sandbox, self._folder, self._spawner)

    def wait_until_ready(self) -> None:
        """Wait until the warm parent has imported everything.

        Raises:
            KernelHostError: it ended before.
        """
        if self._parent is not None:
            self._parent.wait_until_ready()

    def start_kernel(self, limits: Limits, files: Mapping[str, bytes]) -> KernelHandle:
        """A fresh kernel, not yet asked anything.

        Args:
            limits: what it may use.
            files: what lies in its working folder, by relative path.

        Raises:
            KernelHostError: it could not be started.
        """
        number = next(self._numbers)
        folder = Path(tempfile.mkdtemp(prefix=f"{number}-", dir=self._folder))
        parent = self._parent_for_one_more()
        listeners, agent, agent_there, status, status_there = [], None, None, None, None
        memory = self._memory.make(folder.name)
        try:
            listeners = [_listen(folder / f"k-{i}") for i in range(1, len(CHANNELS) + 1)]
            agent, agent_there = socket.socketpair()
            status, status_there = socket.socketpair()
            status.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
            home = HOME
            uid = None if self.sandbox.uid is None else self.sandbox.uid + number % 1_000_000
            if not self.sandbox.walled:
                home = _make_home(folder, uid)
            key = secrets.token_hex(16)
            request = {
                "uid": uid,
                "namespaces": self.sandbox.namespaces,
                "home": home,
                "tmp": "/tmp" if self.sandbox.walled else f"{home}/tmp",
                "keep": [*self.sandbox.visible(), *self.sandbox.read_only],
                "limits": limits.as_dict(),
                "key": key,
            }
            parent.ask(request, [s.fileno() for s in (*listeners, agent_there, status_there)])
            agent_there.close()
            status_there.close()
            pid = _wait_for_start(status)
            if memory is not None:
                memory.hold(pid, limits.memory_mb)
            _send_files(status, files)
            return KernelHandle(
                folder=folder,
                key=key,
                pid=pid,
                agent=agent,
                status=status,
                memory=memory,
                own_parent=None if parent is self._parent else parent,
                in_namespace=self.sandbox.walled,
            )
        except (OSError, FrameError) as error:
            for sock in (agent, agent_there, status, status_there):
                if sock is not None:
                    sock.close()
            if parent is not self._parent:
                parent.close()
            if memory is not None:
                memory.remove()
            shutil.rmtree(folder, ignore_errors=True)
            raise KernelHostError(f"no kernel could be started: {error}") from error
        finally:
            for listener in listeners:
                listener.close()

    def _parent_for_one_more(self) -> _WarmParent:
        if self._one_start_each:
            parent = self._start_parent()
            parent.wait_until_ready()
            return parent
        with self._lock:
            if not self._parent.alive:
                # Killed from outside: a new one, and grading goes on.
                self._parent.close()
                self._parent = self._start_parent()
                self._parent.wait_until_ready()
            return self._parent

    def close(self) -> None:
        """End the warm parent and every kernel."""
        if self._parent is not None:
            self._parent.close()
        self._memory.close()


class _WarmParent:
    """The process that forks kernels, and the socket on which it is asked to."""

    def __init__(self, sandbox: Sandbox, folder: Path, spawner: Spawner) -> None:
        self._control, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._lock = threading.Lock()
        self._ready = False
        home = HOME if sandbox.walled else str(folder)
        module = "autograder.engine.student.warm_parent"
        try:
            self._process = spawner.start(
                sandbox.command(sandbox.python.program(module, str(there.fileno()))),
                env=sandbox.program_environment(home),
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[there.fileno()],
            )
        except OSError as error:
            raise KernelHostError(f"the student side can't be started: {error}") from error
        finally:
            there.close()

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    @property
    def pid(self) -> int:
        return self._process.pid

    def wait_until_ready(self) -> None:
        with self._lock:
            if self._ready:
                return
            self._control.settimeout(_START_SECONDS)
            try:
                self._ready = self._control.recv(16) == b"ready"
            except OSError as error:
                raise KernelHostError(f"the student side did not start: {error}") from error
            self._control.settimeout(None)
            if not self._ready:
                raise KernelHostError("the student side did not start: it ended while importing")

    def ask(self, request: dict, fds: list[int]) -> None:
        self.wait_until_ready()
        with self._lock:
            socket.send_fds(self._control, [json.dumps(request).encode()], fds)

    def close(self) -> None:
        # Its loop ends with the socket; bubblewrap's init takes everything else along.
        self._control.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _make_home(folder: Path, uid: int | None) -> str:
    """A home for a kernel without walls, in `folder`."""
    home = folder / "home"
    (home / "tmp").mkdir(parents=True, mode=0o700)
    if uid is not None:
        for path in (home, home / "tmp"):
            os.chown(path, uid, uid)
        for path in (folder, folder.parent):
            # To be passed through on the way home, not to be looked into.
            path.chmod(0o711)
    return str(home)


def _listen(path: Path) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(str(path))
    listener.listen(16)
    listener.setblocking(False)
    return listener


def _wait_for_start(status: socket.socket) -> int:
    """The pid, as seen from here, of the process that says that it has started."""
    status.settimeout(_START_SECONDS)
    # A frame's header comes with the sender's credentials, which the system fills in.
    header, ancillary, _, _ = status.recvmsg(8, socket.CMSG_SPACE(_CREDENTIALS.size))
    status.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 0)
    if len(header) < 8:
        raise FrameError("the fork ended at once")
    message = json.loads(status.recv(int.from_bytes(header, "big"), socket.MSG_WAITALL))
    if "failed" in message:
        raise FrameError(message["failed"])
    return _CREDENTIALS.unpack(ancillary[0][2][: _CREDENTIALS.size])[0]


def _send_files(status: socket.socket, files: Mapping[str, bytes]) -> None:
    status.settimeout(None)
    send_json(status, list(files))
    for content in files.values():
        send_frame(status, content)
