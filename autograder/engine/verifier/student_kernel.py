"""The student's kernel as the verifier drives it: runs cells, returns outputs and values."""

from __future__ import annotations

import asyncio
import contextlib
import math
import os
import socket
from queue import Empty
from typing import Any

from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionComplete, DeadKernelError
from nbformat import NotebookNode
from nbformat.v4 import new_output

from autograder.engine.run_sentences import describe_loss, describe_place
from autograder.engine.verifier.instructor_profile import InstructorProfile
from autograder.engine.verifier.provisioner import ForkedKernel, ForkedKernelManager
from autograder.engine.verifier.student_channel import StudentChannel
from autograder.engine.wire.deadline import Deadline, WaitingTime, read_pid
from autograder.engine.wire.limits import Limits
from autograder.engine.wire.loss import Cause, Loss
from autograder.engine.wire.note import Note, NoteKind
from autograder.notebooks.showing.rebuild_outputs import rebuild_display

_MIB = 1 << 20
_READY_SECONDS = 30.0
# Widgets' messages make nbclient keep state and move outputs between cells: they are not read.
_SHOWN = {
    "clear_output",
    "display_data",
    "error",
    "execute_result",
    "stream",
    "update_display_data",
}
# Readers of the notebook recurse into an output; interactive figures have about ten levels.
_MOST_LEVELS = 50
_DISPLAYS = {"display_data", "execute_result", "update_display_data"}


class KernelLostError(Exception):
    """The student's kernel can no longer be used.

    Args:
        cause: why.
        detail: more about it, in words.
    """

    def __init__(self, cause: Cause, detail: str = "") -> None:
        super().__init__(detail or cause.value)
        self.loss = Loss(cause, detail)


class StudentKernel:
    """A kernel and its agent.

    Args:
        forked: a running kernel.
        notebook: the notebook whose cells it will run.
        limits: how long a cell may run, and how much it may show.
        waiting: how long the kernel has waited for a processor; it follows this kernel.
        profile: what the instructor's own notebook does.
    """

    def __init__(
        self,
        forked: ForkedKernel,
        notebook: NotebookNode,
        limits: Limits,
        waiting: WaitingTime,
        profile: InstructorProfile,
    ) -> None:
        self._forked, self._limits = forked, limits
        self._manager = ForkedKernelManager(lambda: forked)
        self._client = _CellRunner(notebook, self._manager, limits)
        waiting.follow(read_pid(forked.pidfd))
        connection = socket.socket(fileno=forked.agent_fd)
        self.channel = StudentChannel(connection, limits, waiting, profile)
        self.notes: list[Note] = self._client.notes

    async def start(self) -> None:
        """Connect and wait until the kernel answers.

        Raises:
            KernelLostError: it does not.
        """
        try:
            await self._manager.start_kernel()
            await asyncio.wait_for(self._client.connect(), _READY_SECONDS)
        except Exception as error:
            raise KernelLostError(Cause.KERNEL_ENDED, f"it did not start ({error})") from error

    async def run(self, cell: NotebookNode, index: int, time: Deadline) -> None:
        """Run one of the student's cells; its outputs and errors are put into the cell.

        Args:
            cell: a code cell of the notebook.
            index: its place in the notebook.
            time: what is left to the notebook.

        Raises:
            KernelLostError: the cell took too long or ended the kernel.
        """
        deadline = time.shorten(self._limits.cell_seconds)
        self._client.is_exiting = False
        loop = asyncio.get_running_loop()
        task = asyncio.ensure_future(self._client.async_execute_cell(cell, index))
        loop.add_reader(self._forked.pidfd, task.cancel)
        try:
            while not (await asyncio.wait([task], timeout=max(deadline.measure_left(), 0.01)))[0]:
                if deadline.measure_left() <= 0:
                    task.cancel()
                    raise KernelLostError(Cause.CELL_SECONDS)
            await task
        except KernelLostError:
            raise
        except (DeadKernelError, asyncio.CancelledError) as error:
            raise KernelLostError(Cause.KERNEL_ENDED) from error
        except Exception as error:  # the kernel may send anything as a reply
            detail = f"it sent an unreadable message ({error})"
            raise KernelLostError(Cause.KERNEL_ENDED, detail) from error
        finally:
            loop.remove_reader(self._forked.pidfd)
        if self._client.is_exiting:
            # It ends a moment after its reply, which is not the next cell's fault.
            raise KernelLostError(Cause.KERNEL_ENDED, "it calls exit()")

    async def close(self) -> None:
        """Close the connection to the kernel; the grader ends it."""
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
        self._limits, self._kernel_manager = limits, manager
        self.notes: list[Note] = []
        self.is_exiting = False
        self._cell_index = -1
        self._messages = 0
        self._bytes = 0.0

    def _get_timeout(self, cell: NotebookNode | None) -> int | None:
        # `run` stops a cell that takes too long.
        return None

    def _note_exit(self, execute_reply: dict[str, Any], **_: Any) -> None:
        payload = execute_reply["content"].get("payload") or []
        self.is_exiting = any(item.get("source") == "ask_exit" for item in payload)

    async def connect(self) -> None:
        """Open the channels; return once the kernel has answered on both."""
        self.kc = self._kernel_manager.client()
        self.kc.start_channels(hb=False)
        self.kc.allow_stdin = False
        while True:
            self.kc.kernel_info()
            with contextlib.suppress(Empty):
                await self.kc.shell_channel.get_msg(timeout=2)
                # Its status arrives on the other channel: then outputs of cells will arrive too.
                await self.kc.iopub_channel.get_msg(timeout=0.5)
                return

    def process_message(self, msg: dict[str, Any], cell: NotebookNode, cell_index: int) -> Any:
        if cell_index != self._cell_index:
            self._cell_index, self._messages, self._bytes = cell_index, 0, 0.0
        kind = msg.get("msg_type")
        if kind in _DISPLAYS:
            # JSON of other kinds may be deeper than what follows can read.
            msg = {**msg, "content": rebuild_display(msg.get("content"))}
        if kind != "status":
            self._messages += 1
            self._bytes += _estimate_size(msg.get("content"))
            cause = self._find_limit()
            if cause is not None:
                self._cut(cell, cell_index, cause)
                return None
            content = msg.get("content")
            if kind not in _SHOWN or not isinstance(content, dict):
                return None
            if type(content.get("execution_count", 0)) is not int:
                content["execution_count"] = None
        try:
            return super().process_message(msg, cell, cell_index)
        except CellExecutionComplete:
            raise
        except Exception:  # the kernel may send anything: an odd output is left out
            return None

    def _find_limit(self) -> Cause | None:
        if self._messages > self._limits.output_messages:
            return Cause.OUTPUT_MESSAGES
        return Cause.OUTPUT_MB if self._bytes > self._limits.output_mb * _MIB else None

    def _cut(self, cell: NotebookNode, index: int, cause: Cause) -> None:
        sentence = describe_loss(Loss(cause), describe_place(index), self._limits)
        note = Note(NoteKind.LONG_OUTPUT, sentence)
        if note not in self.notes:
            self.notes.append(note)
            cell.outputs.append(new_output("stream", name="stdout", text=f"\n[{sentence}]\n"))


def _estimate_size(content: Any) -> float:
    """About how many bytes a message's content takes; infinite if it is nested too deep."""
    size, level = 0, [content]
    for _ in range(_MOST_LEVELS):
        below: list[Any] = []
        for value in level:
            size += len(value) if isinstance(value, str) else 8
            if isinstance(value, dict):
                below += [*value.keys(), *value.values()]
            elif isinstance(value, list):
                below += value
        if not below:
            return size
        level = below
    return math.inf
