"""Control groups: the system's own bounds on what all processes of a kernel use together."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from autograder.engine.wire.limits import Limits

_ROOT = Path("/sys/fs/cgroup")
# By controller: its hierarchy in version 1.
_HIERARCHIES = {"cpu": "cpu", "memory": "memory", "pids": "pids", "io": "blkio"}
# Without these, one submission can slow down another, or fill the machine.
NEEDED = ("cpu", "memory", "pids")
_OWN_GROUP = "autograder-self"
_MIB = 1 << 20


class ControlGroup:
    """One kernel's control group.

    Args:
        folders: its existing folder, by controller; one for all in version 2.
    """

    def __init__(self, folders: Mapping[str, Path]) -> None:
        self._folders = dict(folders)

    def hold(self, pid: int, limits: Limits) -> None:
        """Put a process, and all that it starts from now on, into the group.

        Every group has the same weight: of the processors and of the disk, each kernel has the
        same share, whatever number of processes it starts.

        Raises:
            OSError: the system does not accept a limit or the process.
        """
        memory = int(limits.memory_mb * _MIB)
        # Swap has a limit of its own; its file is missing where Linux does not count swap.
        wanted = {"memory.limit_in_bytes": memory, "memory.max": memory, "memory.swap.max": 0}
        # The first process of the sandbox counts, too.
        wanted["pids.max"] = int(limits.processes) + 1
        for folder in set(self._folders.values()):
            for name, value in wanted.items():
                if (folder / name).exists():
                    (folder / name).write_text(str(value))
            (folder / "cgroup.procs").write_text(str(pid))

    @property
    def ran_out_of_memory(self) -> bool:
        """Whether the system killed a process of the group because it ran out of memory."""
        for name in ("memory.events", "memory.oom_control"):
            with contextlib.suppress(OSError, KeyError):
                text = (self._folders["memory"] / name).read_text()
                counts = dict(line.split() for line in text.splitlines())
                return int(counts.get("oom_kill", 0)) > 0
        return False

    def remove(self) -> None:
        """Remove the group; its processes have been ended."""
        for folder in set(self._folders.values()):
            _remove(folder)


class ControlGroups:
    """Makes control groups, of version 1 or 2, where this user is allowed to.

    Root is allowed to on most machines; an ordinary user in a group that systemd delegated.
    """

    def __init__(self) -> None:
        # By controller: the folder in which kernels' groups are made.
        self._folders: dict[str, Path] = {}
        name = f"autograder-{os.getpid()}-{id(self):x}"
        if (_ROOT / "cgroup.controllers").exists():
            self._folders = _make_unified(name)
            return
        for controller, hierarchy in _HIERARCHIES.items():
            with contextlib.suppress(OSError):
                self._folders[controller] = _make_folder(_ROOT / hierarchy, name)
                _share_more(self._folders[controller] / "cpu.shares", 1024)

    @property
    def controllers(self) -> frozenset[str]:
        """What groups bound here: "cpu", "memory", "pids", "io", or some of them."""
        return frozenset(self._folders)

    @property
    def problem(self) -> str:
        """What is not bounded, in a sentence; empty if all that is needed is."""
        missing = [name for name in NEEDED if name not in self._folders]
        return f"no control group for {', '.join(missing)}" if missing else ""

    def make(self, name: str) -> ControlGroup | None:
        """A new group, or None where this user cannot make one."""
        if not self._folders:
            return None
        folders = {controller: above / name for controller, above in self._folders.items()}
        try:
            for folder in set(folders.values()):
                folder.mkdir()
        except OSError:
            ControlGroup(folders).remove()
            return None
        return ControlGroup(folders)

    def close(self) -> None:
        """Remove the groups that are left."""
        for folder in set(self._folders.values()):
            _remove_with_inner(folder)


def _make_unified(name: str) -> dict[str, Path]:
    """A folder of version 2 and the controllers that it offers to the groups in it."""
    for above in _find_parents():
        with contextlib.suppress(OSError):
            folder = _make_folder(above, name)
            _pass_on(above)
            given = _pass_on(folder)
            if given:
                _share_more(folder / "cpu.weight", 100)
                return dict.fromkeys(given, folder)
            folder.rmdir()
    return {}


def _find_parents() -> Iterator[Path]:
    """Groups of version 2 in which this user may be allowed to make others."""
    yield _ROOT
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        if line.startswith("0::/") and line != "0::/":
            own = _ROOT / line.removeprefix("0::/")
            # Another grader may have moved this process into the group below.
            yield own.parent if own.name == _OWN_GROUP else own


def _pass_on(group: Path) -> list[str]:
    """Have a group offer its controllers to the groups in it; return those that it offers.

    Except for the machine's first group, one that does so holds no process itself: its processes
    move into a group below it.
    """
    processes = (group / "cgroup.procs").read_text().split()
    if processes and (group / "cgroup.type").exists():
        inner = group / _OWN_GROUP
        inner.mkdir(exist_ok=True)
        for pid in processes:
            with contextlib.suppress(ProcessLookupError):
                (inner / "cgroup.procs").write_text(pid)
    control = group / "cgroup.subtree_control"
    for controller in (group / "cgroup.controllers").read_text().split():
        if controller in _HIERARCHIES:
            with contextlib.suppress(OSError):
                control.write_text(f"+{controller}")
    return [name for name in control.read_text().split() if name in _HIERARCHIES]


def _make_folder(above: Path, name: str) -> Path:
    """A new group in `above`; those of runs that were killed go.

    Raises:
        OSError: it cannot be made, or `above` is a usual folder and not a control group.
    """
    _remove_abandoned(above)
    folder = above / name
    folder.mkdir()
    if not (folder / "cgroup.procs").exists():
        folder.rmdir()
        raise OSError(f"{above} is not a control group")
    return folder


def _share_more(file: Path, usual: int) -> None:
    """Give all kernels together as large a share as one program for each processor has."""
    with contextlib.suppress(OSError):
        if file.exists():
            file.write_text(str(min(usual * (os.cpu_count() or 1), 10_000)))


def _remove_abandoned(above: Path) -> None:
    for folder in above.glob("autograder-*-*"):
        pid = folder.name.split("-")[1]
        if pid.isdigit() and not Path("/proc", pid).exists():
            _remove_with_inner(folder)


def _remove_with_inner(folder: Path) -> None:
    with contextlib.suppress(OSError):
        for inner in folder.iterdir():
            if inner.is_dir():
                _remove(inner)
    _remove(folder)


def _remove(folder: Path) -> None:
    for _ in range(50):
        try:
            folder.rmdir()
        except FileNotFoundError:
            return
        except OSError:
            # The last process is still ending.
            time.sleep(0.01)
        else:
            return
