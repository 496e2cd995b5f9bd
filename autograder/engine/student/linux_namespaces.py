"""Gives a fork its own Linux namespaces, as bubblewrap does for a program."""

from __future__ import annotations

import ctypes
import os
import socket
from pathlib import Path

_CLONE_NEWNS = 0x00020000
_CLONE_NEWUTS = 0x04000000
_CLONE_NEWIPC = 0x08000000
_CLONE_NEWUSER = 0x10000000
_CLONE_NEWPID = 0x20000000
_CLONE_NEWNET = 0x40000000
_MS_NOSUID, _MS_NODEV, _MS_NOEXEC, _MS_BIND = 2, 4, 8, 4096
_MS_REC, _MS_PRIVATE = 16384, 1 << 18
_MS_RDONLY, _MS_REMOUNT = 1, 32
_PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS, _PR_CAPBSET_DROP = 4, 38, 24
_CAPABILITY_VERSION_3 = 0x20080522
_STUDENT_UID = 1000
_MAX_TERMINALS = 64

# What /proc tells of the machine and of others; programs that compute ask for none of it.
_HIDDEN = """
acpi bus driver fs irq pressure scsi sys/fs sys/kernel/pty tty buddyinfo cmdline config.gz
consoles diskstats interrupts iomem ioports kallsyms kcore key-users keys
kmsg kpagecgroup kpagecount kpageflags latency_stats loadavg locks mdstat modules pagetypeinfo
partitions sched_debug schedstat slabinfo softirqs swaps sysrq-trigger timer_list vmallocinfo vmstat
zoneinfo
""".split()  # noqa: SIM905

# Below the kernel's smallest pid_max a limit cannot be set, and is not needed: rlimits hold there.
_SMALLEST_PID_MAX = 400

_libc = ctypes.CDLL(None, use_errno=True)


def _check(result: int, what: str) -> None:
    if result != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")


def become_other_user(uid: int) -> None:
    """Change from root to the user `uid`, so that what follows cannot reach what root can."""
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    # The change of user hides /proc/self from this process, which writes its id maps there.
    set_dumpable(True)


def set_dumpable(is_dumpable: bool) -> None:
    """Say whether other processes of the same user may trace this one and take its descriptors."""
    _check(_libc.prctl(_PR_SET_DUMPABLE, int(is_dumpable), 0, 0, 0), "prctl PR_SET_DUMPABLE")


def enter_namespaces() -> None:
    """Take new user, mount, pid, ipc, network and host-name namespaces.

    The pid namespace begins with the next fork.

    Raises:
        OSError: the kernel or a policy forbids it (more than one thread, user namespaces off).
    """
    uid, gid = os.getuid(), os.getgid()
    flags = _CLONE_NEWUSER | _CLONE_NEWNS | _CLONE_NEWPID
    _check(_libc.unshare(flags | _CLONE_NEWIPC | _CLONE_NEWNET | _CLONE_NEWUTS), "unshare")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{_STUDENT_UID} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{_STUDENT_UID} {gid} 1")
    _mount(None, "/", None, _MS_REC | _MS_PRIVATE)


def mount_private(home: str, disk_mb: float, keep: list[str]) -> None:
    """Cover /tmp, /dev/shm and `home` with one memory file system, and /proc with a new one.

    Called by the first process of a pid namespace.

    Args:
        home: an existing folder: the student's home.
        disk_mb: how much the three hold together, in MiB.
        keep: folders that stay visible although they lie in one of the three.
    """
    covered = ("/tmp", home, "/dev/shm")
    inside = [p for p in keep if any(p == c or p.startswith(c + "/") for c in covered)]
    kept = {path: os.open(path, os.O_PATH | os.O_CLOEXEC) for path in inside}
    socket.sethostname("kernel")
    inodes = max(4096, int(disk_mb * 64))
    options = f"size={int(disk_mb * 1024)}k,nr_inodes={inodes},mode=700"
    _mount("tmpfs", "/tmp", "tmpfs", _MS_NOSUID | _MS_NODEV, options)
    for name in ("shm", "home", "tmp"):
        os.mkdir(f"/tmp/{name}", 0o1777 if name != "home" else 0o700)
    _mount("/tmp/shm", "/dev/shm", None, _MS_BIND)
    _mount("/tmp/home", home, None, _MS_BIND)
    _mount("/tmp/tmp", "/tmp", None, _MS_BIND)
    for path, fd in kept.items():
        if os.path.isdir(f"/proc/self/fd/{fd}"):
            os.makedirs(path, exist_ok=True)
        else:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            Path(path).touch()
        _mount(f"/proc/self/fd/{fd}", path, None, _MS_BIND | _MS_REC)
        os.close(fd)
    _mount_proc()
    # Terminals of its own, and few: the machine has a fixed number of them.
    terminals = f"newinstance,ptmxmode=0666,mode=620,max={_MAX_TERMINALS}"
    _mount("devpts", "/dev/pts", "devpts", _MS_NOSUID | _MS_NOEXEC, terminals)
    # Other kernels see this folder, too: nobody leaves files there.
    _mount(None, "/dev", None, _MS_REMOUNT | _MS_BIND | _MS_RDONLY | _MS_NOSUID | _MS_NODEV)


def _mount_proc() -> None:
    flags = _MS_NOSUID | _MS_NODEV | _MS_NOEXEC
    try:
        # Without processes that this one may not trace: the namespace's first one.
        _mount("proc", "/proc", "proc", flags, "hidepid=ptraceable")
    except OSError:
        # Linux has this since 5.8.
        _mount("proc", "/proc", "proc", flags)
    empty = "/dev/shm/empty"
    os.mkdir(empty, 0o555)
    for name in _HIDDEN:
        path = f"/proc/{name}"
        if os.path.exists(path):
            _mount(empty if os.path.isdir(path) else "/dev/null", path, None, _MS_BIND)
    os.rmdir(empty)


def close_doors(processes: int) -> None:
    """Forbid further user namespaces and new privileges; allow at most `processes` processes."""
    for path, value in (
        ("/proc/sys/user/max_user_namespaces", 0),
        ("/proc/sys/kernel/pid_max", max(processes, _SMALLEST_PID_MAX)),
    ):
        try:
            Path(path).write_text(str(value))
        except OSError:
            # A namespace's own pid_max came with Linux 6.14; rlimits and the watcher hold too.
            continue
    drop_privileges()


def drop_privileges() -> None:
    """Drop all capabilities for good, also for programs started later."""
    _check(_libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "prctl PR_SET_NO_NEW_PRIVS")
    for capability in range(64):
        if _libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0) != 0:
            break
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    _check(_libc.capset(header, (ctypes.c_uint32 * 6)()), "capset")


def _mount(
    source: str | None, target: str, kind: str | None, flags: int, options: str | None = None
) -> None:
    texts = [None if text is None else text.encode() for text in (source, target, kind)]
    data = None if options is None else options.encode()
    _check(_libc.mount(*texts, ctypes.c_ulong(flags), data), f"mount {target}")
