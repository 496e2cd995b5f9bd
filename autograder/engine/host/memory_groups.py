"""Control groups: the system's own limit on the memory of all of a kernel's processes together."""

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
        folder: the group's folder, which exists.
        limit: the name of the file that takes the limit.
    """

    def __init__(self, folder: Path, limit: str) -> None:
        self._folder, self._limit = folder, limit

    def hold(self, pid: int, memory_mb: float) -> None:
        """Put a process, and what it starts from now on, into the group.

        Raises:
            OSError: the system refuses.
        """
        (self._folder / self._limit).write_text(str(int(memory_mb * _MIB)))
        (self._folder / "cgroup.procs").write_text(str(pid))

    @property
    def ran_out(self) -> bool:
        """Whether the system ended a process of the group because the memory was used up."""
        for name in ("memory.events", "memory.oom_control"):
            with contextlib.suppress(OSError):
                counts = dict(
                    line.split() for line in (self._folder / name).read_text().splitlines()
                )
                return int(counts.get("oom_kill", 0)) > 0
        return False

    def remove(self) -> None:
        """Remove the group, whose processes have been ended."""
        for _ in range(50):
            try:
                self._folder.rmdir()
            except FileNotFoundError:
                return
            except OSError:
                # The last of them is still on its way out.
                time.sleep(0.01)
            else:
                return


class MemoryGroups:
    """Makes control groups, of version 1 or 2, where this user may: mostly as root."""

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._limit = ""
        versions = ((_ROOT / "memory", "memory.limit_in_bytes"), (_ROOT, "memory.max"))
        for above, limit in versions:
            _sweep(above, limit)
            folder = above / f"autograder-{os.getpid()}-{id(self):x}"
            with contextlib.suppress(OSError):
                folder.mkdir()
                if limit == "memory.max":
                    (folder / "cgroup.subtree_control").write_text("+memory")
                elif not (folder / limit).exists():
                    raise OSError(f"{above} controls no memory")
                self._folder, self._limit = folder, limit
                return
            with contextlib.suppress(OSError):
                folder.rmdir()

    @property
    def available(self) -> bool:
        return self._folder is not None

    def make(self, name: str) -> MemoryGroup | None:
        """A new group, or None where there is none to be had."""
        if self._folder is None:
            return None
        folder = self._folder / name
        try:
            folder.mkdir()
        except OSError:
            return None
        return MemoryGroup(folder, self._limit)

    def close(self) -> None:
        """Remove what is left."""
        if self._folder is not None:
            with contextlib.suppress(OSError):
                for folder in self._folder.iterdir():
                    if folder.is_dir():
                        MemoryGroup(folder, self._limit).remove()
                self._folder.rmdir()


def _sweep(above: Path, limit: str) -> None:
    """Remove the groups of runs that were killed and could not do it themselves."""
    for folder in above.glob("autograder-*"):
        pid = folder.name.split("-")[1]
        if not Path("/proc", pid).exists():
            for inner in (*(path for path in folder.iterdir() if path.is_dir()), folder):
                MemoryGroup(inner, limit).remove()
