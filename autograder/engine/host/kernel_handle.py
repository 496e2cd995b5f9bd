"""One running kernel, as the grader holds it."""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import signal
import socket
from pathlib import Path
from typing import Any

from autograder.engine.host.memory_groups import MemoryGroup
from autograder.engine.host.watcher import Usage, kill_tree, usage
from autograder.engine.wire.frames import FrameError, receive_json


class KernelHandle:
    """One running kernel: where its sockets are, what it uses, how it ended, and its end.

    Args:
        folder: holds its sockets; removed by `close`.
        key: what its messages are signed with.
        pid: the first process of its sandbox, in this process' numbering.
        agent: the socket to its agent.
        status: the socket on which its init says how it ended.
        memory: the control group that holds its processes, where there is one.
        own_parent: a warm parent that serves this kernel only, or None.
        in_namespace: the sandbox has a pid namespace, which ends with its first process.
    """

    def __init__(
        self,
        folder: Path,
        key: str,
        pid: int,
        agent: socket.socket,
        status: socket.socket,
        memory: MemoryGroup | None,
        own_parent: Any,
        in_namespace: bool,
    ) -> None:
        self.folder, self.key, self.pid = folder, key, pid
        self.agent = agent
        self._status, self._memory = status, memory
        self._own_parent, self._in_namespace = own_parent, in_namespace
        self.pidfd = os.pidfd_open(pid)

    @property
    def alive(self) -> bool:
        return not select.select([self.pidfd], [], [], 0)[0]

    def usage(self) -> Usage:
        """What its processes use now."""
        return usage(self.pid) if self.alive else Usage()

    @property
    def ran_out_of_memory(self) -> bool:
        """Whether the system ended one of its processes for using more than the limit."""
        return self._memory is not None and self._memory.ran_out

    def exit_status(self) -> int | None:
        """How the kernel ended: an exit code, minus a signal's number, or None when not known."""
        self._status.setblocking(False)
        try:
            if not self._status.recv(1, socket.MSG_PEEK):
                return None
            message = receive_json(self._status)
            return int(message["ended"])
        except (OSError, FrameError, KeyError, TypeError, ValueError):
            return None

    def kill(self) -> None:
        """End the kernel and everything that it started."""
        if not self.alive:
            return
        if not self._in_namespace:
            kill_tree(self.pid)
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)
        select.select([self.pidfd], [], [], 5)

    def close(self) -> None:
        """End it and remove what is left of it."""
        self.kill()
        os.close(self.pidfd)
        self.agent.close()
        self._status.close()
        if self._own_parent is not None:
            self._own_parent.close()
        if self._memory is not None:
            self._memory.remove()
        shutil.rmtree(self.folder, ignore_errors=True)
