"""Measures what a process and its descendants use, from /proc, and ends them."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_MIB = 1 << 20


@dataclass(frozen=True)
class Usage:
    """What a tree of processes uses.

    Args:
        memory_mb: resident memory in MiB; a shared page counts once for each process.
        cpu_seconds: processor time, with that of ended children.
        processes: processes and threads.
    """

    memory_mb: float = 0.0
    cpu_seconds: float = 0.0
    processes: int = 0


def list_descendants(pid: int, most: int = 10_000) -> list[int]:
    """The process and all its descendants, parents first, without those that have ended."""
    found: list[int] = []
    waiting = [pid]
    while waiting and len(found) < most:
        current = waiting.pop()
        with contextlib.suppress(OSError):
            for task in os.listdir(f"/proc/{current}/task"):
                children = Path(f"/proc/{current}/task/{task}/children").read_text()
                waiting += [int(child) for child in children.split()]
            found.append(current)
    return found


def measure_usage(pid: int) -> Usage:
    """What the process and its descendants use now."""
    memory = cpu = 0.0
    threads = 0
    for process in list_descendants(pid):
        with contextlib.suppress(OSError, IndexError):
            # The second field, the program's name, may contain anything, also ")".
            fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
            cpu += sum(int(value) for value in fields[11:15]) / _TICKS
            threads += int(fields[17])
            memory += int(fields[21]) * _PAGE / _MIB
    return Usage(memory, cpu, threads)


def measure_memory_mb(pid: int) -> float:
    """Memory of the process and its descendants in MiB, with shared pages divided among them.

    Slower than `measure_usage`, and exact where processes share pages after a fork.
    """
    return sum(map(measure_own_memory_mb, list_descendants(pid)))


def measure_own_memory_mb(pid: int) -> float:
    """Memory of this one process in MiB, with shared pages divided; 0 when it has ended."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0


def kill_tree(pid: int, seconds: float = 5.0) -> None:
    """Kill the descendants of a process, also those that they start meanwhile, then the process."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        below = list_descendants(pid)[1:]
        if not below:
            break
        for process in below:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(process, signal.SIGKILL)
        time.sleep(0.005)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, signal.SIGKILL)
