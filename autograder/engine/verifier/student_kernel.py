"""The student's kernel as the verifier drives it: cells in, outputs out, values on request."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from queue import Empty
from typing import Any

from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from nbformat.v4 import new_output

from autograder.engine.verifier.provisioner import ForkedKernel, ForkedKernelManager
from autograder.engine.verifier.student_channel import StudentChannel
from autograder.engine.wire.limits import Limits

_MIB = 1 << 20
_READY_SECONDS = 30.0


class KernelLostError(Exception):
    """The student's kernel is of no use any more.

    Args:
        limit: "cell_seconds" when the cell took too long, "died" when the process is gone.
        detail: more, in words.
    """

    def __init__(self, limit: str, detail: str = "") -> None:
        super().__init__(detail or limit)
        self.limit, self.detail = limit, detail


class StudentKernel:
    """A kernel and its agent.

    Args:
        forked: a kernel that runs.
        notebook: the notebook whose cells it will run.
        limits: what a cell may take and show.
    """

    def __init__(self, forked: ForkedKernel, notebook: NotebookNode, limits: Limits) -> None:
        self._forked, self._limits = forked, limits
        self._manager = ForkedKernelManager(lambda: forked)
        self._client = _CellRunner(notebook, self._manager, limits)
        self.channel = StudentChannel(socket.socket(fileno=forked.agent_fd), limits)
        self.notes: list[str] = self._client.notes

    async def start(self) -> None:
        """Connect and wait until the kernel answers.

        Raises:
            KernelLostError: it does not.
        """
        try:
            await self._manager.start_kernel()
            await asyncio.wait_for(self._client.connect(), _READY_SECONDS)
        except Exception as error:
            raise KernelLostError("died", f"it did not come up ({error})") from error

    async def run(self, cell: NotebookNode, index: int, seconds: float) -> None:
        """Run one of the student's cells; its outputs, errors too, are put into the cell.

        Args:
            cell: a code cell of the notebook.
            index: its place in the notebook.
            seconds: wall time left to the notebook.

        Raises:
            KernelLostError: the cell took too long or ended the kernel.
        """
        self._client.seconds = min(self._limits.cell_seconds, seconds)
        self._client.asked_to_exit = False
        loop = asyncio.get_running_loop()
        task = asyncio.ensure_future(self._client.async_execute_cell(cell, index))
        loop.add_reader(self._forked.pidfd, task.cancel)
        try:
            await task
        except CellTimeoutError as error:
            raise KernelLostError("cell_seconds") from error
        except (DeadKernelError, asyncio.CancelledError) as error:
            raise KernelLostError("died") from error
        except Exception as error:  # a reply that is no reply: the kernel's messages are its own
            raise KernelLostError("died", f"it sent what can't be read ({error})") from error
        finally:
            loop.remove_reader(self._forked.pidfd)
        if self._client.asked_to_exit:
            # It ends a moment after its reply: the next cell is not to be blamed for that.
            raise KernelLostError("died", "it calls exit()")

    async def close(self) -> None:
        """Let go of the kernel; whoever started it ends it."""
        with contextlib.suppress(Exception):
            if self._client.kc is not None:
                self._client.kc.stop_channels()
            self._manager.cleanup_resources()
        with contextlib.suppress(OSError):
            os.close(self._forked.pidfd)


class _CellRunner(NotebookClient):
    """nbclient, with a limit on what a cell shows."""

    def __init__(self, notebook: NotebookNode, manager: Any, limits: Limits) -> None:
        super().__init__(
            notebook,
            km=manager,
            allow_errors=True,
            store_widget_state=False,
            coalesce_streams=True,
            on_cell_executed=self._note_exit,
        )
        self._limits = limits
        self.notes: list[str] = []
        self.seconds = limits.cell_seconds
        self.asked_to_exit = False
        self._cell_index = -1
        self._messages, self._bytes = 0, 0

    def _get_timeout(self, cell: NotebookNode | None) -> float:
        # nbclient's own takes whole seconds only.
        return max(self.seconds, 0.01)

    def _note_exit(self, execute_reply: dict[str, Any], **_: Any) -> None:
        payload = execute_reply["content"].get("payload") or []
        self.asked_to_exit = any(item.get("source") == "ask_exit" for item in payload)

    async def connect(self) -> None:
        """Open the channels; return once the kernel has answered on both."""
        self.kc = self.km.client()
        self.kc.start_channels(hb=False)
        self.kc.allow_stdin = False
        while True:
            self.kc.kernel_info()
            with contextlib.suppress(Empty):
                await self.kc.shell_channel.get_msg(timeout=2)
                # Its status comes on the other channel: then what cells show will come, too.
                await self.kc.iopub_channel.get_msg(timeout=0.5)
                return

    def process_message(self, msg: dict[str, Any], cell: NotebookNode, cell_index: int) -> Any:
        if cell_index != self._cell_index:
            self._cell_index, self._messages, self._bytes = cell_index, 0, 0
        if msg["msg_type"] != "status":
            self._messages += 1
            self._bytes += _size(msg.get("content"))
            limit = self._limit_met()
            if limit:
                self._cut(cell, f"cell {cell_index + 1}", limit)
                return None
        return super().process_message(msg, cell, cell_index)

    def _limit_met(self) -> str:
        if self._messages > self._limits.output_messages:
            return "output_messages"
        return "output_mb" if self._bytes > self._limits.output_mb * _MIB else ""

    def _cut(self, cell: NotebookNode, where: str, limit: str) -> None:
        note = self._limits.sentence(limit, where)
        if note not in self.notes:
            self.notes.append(note)
            cell.outputs.append(new_output("stream", name="stdout", text=f"\n[{note}]\n"))


def _size(value: Any) -> int:
    """About how much memory a message's content takes."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, dict):
        return sum(len(key) + _size(item) for key, item in value.items()) + 8
    if isinstance(value, list):
        return sum(map(_size, value)) + 8
    return 8
