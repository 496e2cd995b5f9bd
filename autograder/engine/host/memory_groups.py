"""Control groups: the system's own limit on the memory of all processes of a kernel."""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path

_ROOT = Path("/sys/fs/cgroup")
_MIB = 1 << 20


class MemoryGroup:
    """One kernel's control group.

    Args:
        folder: the group's existing folder.
        limit: the name of the file that takes the limit.
    """

    def __init__(self, folder: Path, limit: str) -> None:
        self._folder, self._limit = folder, limit

    def hold(self, pid: int, memory_mb: float) -> None:
        """Put a process, and all that it starts from now on, into the group.

        Raises:
            OSError: the system refuses.
        """
        (self._folder / self._limit).write_text(str(int(memory_mb * _MIB)))
        (self._folder / "cgroup.procs").write_text(str(pid))

    @property
    def ran_out(self) -> bool:
        """Whether the system killed a process of the group because it ran out of memory."""
        for name in ("memory.events", "memory.oom_control"):
            with contextlib.suppress(OSError):
                counts = dict(
                    line.split() for line in (self._folder / name).read_text().splitlines()
                )
                return int(counts.get("oom_kill", 0)) > 0
        return False

    def remove(self) -> None:
        """Remove the group; its processes have been ended."""
        for _ in range(50):
            try:
                self._folder.rmdir()
            except FileNotFoundError:
                return
            except OSError:
                # The last process is still ending.
                time.sleep(0.01)
            else:
                return


class MemoryGroups:
    """Makes control groups, of version 1 or 2, where this user is allowed to: mostly as root."""

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._limit = ""
        versions = ((_ROOT / "memory", "memory.limit_in_bytes"), (_ROOT, "memory.max"))
        for above, limit in versions:
            _remove_abandoned(above, limit)
            folder = above / f"autograder-{os.getpid()}-{id(self):x}"
            with contextlib.suppress(OSError):
                folder.mkdir()
                if limit == "memory.max":
                    (folder / "cgroup.subtree_control").write_text("+memory")
                elif not (folder / limit).exists():
                    raise OSError(f"{above} does not control memory")
                self._folder, self._limit = folder, limit
                return
            with contextlib.suppress(OSError):
                folder.rmdir()

    @property
    def is_available(self) -> bool:
        """Whether this user can make control groups here."""
        return self._folder is not None

    def make(self, name: str) -> MemoryGroup | None:
        """A new group, or None where this user cannot make one."""
        if self._folder is None:
            return None
        folder = self._folder / name
        try:
            folder.mkdir()
        except OSError:
            return None
        return MemoryGroup(folder, self._limit)

    def close(self) -> None:
        """Remove the groups that are left."""
        if self._folder is not None:
            with contextlib.suppress(OSError):
                for folder in self._folder.iterdir():
                    if folder.is_dir():
                        MemoryGroup(folder, self._limit).remove()
                self._folder.rmdir()


def _remove_abandoned(above: Path, limit: str) -> None:
    """Remove the groups of runs that were killed."""
    for folder in above.glob("autograder-*"):
        pid = folder.name.split("-")[1]
        if not Path("/proc", pid).exists():
            for inner in (*(path for path in folder.iterdir() if path.is_dir()), folder):
                MemoryGroup(inner, limit).remove()
