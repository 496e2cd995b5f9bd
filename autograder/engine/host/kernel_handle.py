"""One running kernel, as the grader holds it."""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import signal
import socket
import time
from pathlib import Path

from autograder.engine.host.control_groups import ControlGroup
from autograder.engine.host.warm_process import WarmProcess
from autograder.engine.host.watcher import Usage, kill_tree, measure_usage
from autograder.engine.wire.frames import FrameError
from autograder.engine.wire.messages import SHORT_BYTES, KernelEnd, expect_message

_REPORT_SECONDS = 1.0


class KernelHandle:
    """One running kernel: its sockets, what it uses, how it ended; `close` ends it.

    Args:
        folder: holds its sockets; removed by `close`.
        key: what its messages are signed with.
        pid: the first process of its sandbox, as this process numbers it.
        agent: the socket to its agent.
        status: the socket on which its init reports how it ended.
        group: the control group of its processes; None where the system has none.
        own_parent: a warm parent that serves this kernel only, or None.
        in_namespace: whether the sandbox has a pid namespace, which ends with its first process.
    """

    def __init__(
        self,
        folder: Path,
        key: str,
        pid: int,
        agent: socket.socket,
        status: socket.socket,
        group: ControlGroup | None,
        own_parent: WarmProcess | None,
        in_namespace: bool,
    ) -> None:
        self.folder, self.key, self.pid = folder, key, pid
        self.agent = agent
        self._status, self._group = status, group
        self._own_parent, self._in_namespace = own_parent, in_namespace
        self.pidfd = os.pidfd_open(pid)

    @property
    def is_alive(self) -> bool:
        """Whether its first process still runs."""
        return not self.wait(0)

    def wait(self, seconds: float) -> bool:
        """Whether its first process ends within `seconds`."""
        return bool(select.select([self.pidfd], [], [], seconds)[0])

    def measure_usage(self) -> Usage:
        """What its processes use now."""
        return measure_usage(self.pid) if self.is_alive else Usage()

    @property
    def ran_out_of_memory(self) -> bool:
        """Whether the system ended one of its processes for using more than the limit."""
        return self._group is not None and self._group.ran_out_of_memory

    def read_exit_code(self) -> int | None:
        """The kernel's exit code, or minus the number of its signal; None when not known."""
        self._status.setblocking(False)
        try:
            if not self._status.recv(1, socket.MSG_PEEK):
                return None
            deadline = time.monotonic() + _REPORT_SECONDS
            return expect_message(self._status, KernelEnd, deadline, SHORT_BYTES).code
        except (OSError, FrameError):
            return None

    def kill(self) -> None:
        """End the kernel and everything that it started."""
        if not self.is_alive:
            return
        if not self._in_namespace:
            kill_tree(self.pid)
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)
        self.wait(5)

    def close(self) -> None:
        """End the kernel and remove what it left."""
        self.kill()
        os.close(self.pidfd)
        self.agent.close()
        self._status.close()
        if self._own_parent is not None:
            self._own_parent.close()
        if self._group is not None:
            self._group.remove()
        shutil.rmtree(self.folder, ignore_errors=True)
