"""Time limits that do not depend on how busy the machine is.

A limit counts wall time without the time in which a submission's processes were ready to compute
and waited for a processor. So neighbours that keep the machine busy cannot make right work late.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

# Threads that wait for each other's processor would wait for ever: time stretches this far.
MAX_STRETCH = 4.0
_MAX_THREADS = 1_000
# So many times longer than it computed.
_CROWDED = 2.0


class WaitingTime:
    """How long a submission's processes have waited for a processor."""

    def __init__(self) -> None:
        self._pid: int | None = None
        self._offset = self._before = 0.0
        self.last = 0.0

    def follow(self, pid: int | None) -> None:
        """Measure another process and all that it starts; None for none."""
        self._before = self.measure()
        self._pid = pid
        self._offset = _measure_waiting(pid)

    def measure(self) -> float:
        """Seconds until now, of the thread that waited longest."""
        waited = max(_measure_waiting(self._pid) - self._offset, 0.0)
        self.last = max(self.last, self._before + waited)
        return self.last


class Deadline:
    """The end of something that may take `seconds`.

    Args:
        seconds: how long it may take on a machine that is not busy.
        waiting: the waiting time of what it waits for.
    """

    def __init__(self, seconds: float, waiting: WaitingTime) -> None:
        self._seconds, self._waiting = seconds, waiting
        self._began, self._waited = time.monotonic(), waiting.last

    def measure_left(self) -> float:
        """Seconds left; 0 or less when the time is used up."""
        elapsed = time.monotonic() - self._began
        if elapsed < self._seconds:
            return self._seconds - elapsed
        waited = min(self._waiting.measure() - self._waited, elapsed * (1 - 1 / MAX_STRETCH))
        return self._seconds - (elapsed - waited)

    def was_crowded(self, used: float) -> bool:
        """Whether others had the processors that this waited for.

        Args:
            used: seconds of processor time that all of the submission's processes have had for it.
                A crowd of its own would have used the time.
        """
        waited = self._waiting.last - self._waited
        return waited > max(_CROWDED * used, 1.0) and used < self._seconds / _CROWDED

    def shorten(self, seconds: float) -> Deadline:
        """The deadline of a part, which may take at most `seconds` of what is left."""
        return Deadline(min(seconds, self.measure_left()), self._waiting)


def read_pid(pidfd: int) -> int | None:
    """The id of the process that a descriptor names; None if it is gone or not to be seen."""
    for line in Path(f"/proc/self/fdinfo/{pidfd}").read_text().splitlines():
        if line.startswith("Pid:"):
            pid = int(line.split()[1])
            return pid if pid > 0 else None
    return None


def _measure_waiting(pid: int | None) -> float:
    """The longest that a thread of a process or of its descendants has waited, in seconds."""
    longest, processes, seen = 0, [] if pid is None else [pid], 0
    while processes and seen < _MAX_THREADS:
        folder = f"/proc/{processes.pop()}/task"
        try:
            for task in os.listdir(folder):
                seen += 1
                waited = Path(f"{folder}/{task}/schedstat").read_text().split()[1]
                longest = max(longest, int(waited))
                processes += map(int, Path(f"{folder}/{task}/children").read_text().split())
        except (OSError, ValueError, IndexError):
            # It ended meanwhile, or this kernel does not count.
            continue
    return longest / 1e9
