"""Why a cell or a test was stopped, and why a kernel was lost."""

from __future__ import annotations

from dataclasses import dataclass

from autograder.engine.wire.question_verdict import Status
from autograder.engine.wire.string_enum import StringEnum


class Cause(StringEnum):
    """Why a cell or a test was stopped: a limit, named as in `Limits`, or a process that ended."""

    CELL_SECONDS = "cell_seconds"
    SECONDS = "seconds"
    CALL_SECONDS = "call_seconds"
    CPU_SECONDS = "cpu_seconds"
    MEMORY_MB = "memory_mb"
    PROCESSES = "processes"
    DISK_MB = "disk_mb"
    OUTPUT_MB = "output_mb"
    OUTPUT_MESSAGES = "output_messages"
    VALUE_MB = "value_mb"
    KERNEL_ENDED = "kernel_ended"
    VERIFIER_ENDED = "verifier_ended"

    @property
    def status(self) -> Status:
        """The status of a question that was stopped for this."""
        return Status.TIMEOUT if self in _TIMES else Status.LIMIT


_TIMES = {Cause.CELL_SECONDS, Cause.SECONDS, Cause.CALL_SECONDS, Cause.CPU_SECONDS}


@dataclass(frozen=True)
class Loss:
    """Why a kernel was lost.

    Args:
        cause: what ended it.
        detail: more about it, in words; empty where the cause says enough.
    """

    cause: Cause
    detail: str = ""
