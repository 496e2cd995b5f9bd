"""Landlock: the kernel's own list of what this process, and all that it starts, may touch.

It needs no rights and no namespaces, so it holds where a sandbox is not possible. Linux has it
since 5.13; signals and abstract sockets are confined since 6.12 (its sixth version).
"""

from __future__ import annotations

import ctypes
import errno
import os
import stat
import sys
from collections.abc import Iterable

# The same numbers on nearly all architectures; on the others they mean nothing.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_GIVE_VERSION, _PATH_BENEATH = 1, 1

_EXECUTE, _WRITE, _READ, _LIST = 1, 2, 4, 8
_MAKE_CHARACTER_DEVICE, _MAKE_BLOCK_DEVICE = 1 << 6, 1 << 11
_TRUNCATE, _IOCTL = 1 << 14, 1 << 15
# The highest right of each version.
_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1}
_ALL_RIGHTS = (1 << 16) - 1
_OF_FILES = _EXECUTE | _WRITE | _READ | _TRUNCATE | _IOCTL
_ABSTRACT_SOCKETS, _SIGNALS = 1, 2
_FIRST_WITH_SCOPES = 6


class _Ruleset(ctypes.Structure):
    _fields_ = (
        ("files", ctypes.c_uint64),
        ("network", ctypes.c_uint64),
        ("scopes", ctypes.c_uint64),
    )


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32))


def find_version() -> int:
    """Landlock's version in this kernel; 0 where there is none."""
    if not sys.platform.startswith("linux"):
        return 0
    try:
        return _call(_CREATE_RULESET, None, 0, _GIVE_VERSION)
    except OSError:
        return 0


def confine(readable: Iterable[str], writable: Iterable[str]) -> None:
    """Confine this process, for good: it has one thread, and can gain no new privileges.

    Outside it, it can trace no process and, where the kernel confines this, signal none. Where the
    kernel has no Landlock, nothing happens.

    Args:
        readable: files and folders that it may read and whose programs it may run.
        writable: files and folders that it may also write.

    Raises:
        OSError: the kernel has Landlock and does not accept the rules.
    """
    version = find_version()
    if version == 0:
        return
    rights = _RIGHTS.get(version, _ALL_RIGHTS)
    scopes = _ABSTRACT_SOCKETS | _SIGNALS if version >= _FIRST_WITH_SCOPES else 0
    ruleset = _Ruleset(rights, 0, scopes)
    # An older kernel does not know the fields behind the first.
    size = ctypes.sizeof(ruleset) if scopes else ctypes.sizeof(ctypes.c_uint64)
    fd = _call(_CREATE_RULESET, ctypes.byref(ruleset), size, 0)
    try:
        for path in readable:
            _allow(fd, path, rights & (_EXECUTE | _READ | _LIST | _IOCTL))
        for path in writable:
            _allow(fd, path, rights & ~(_MAKE_CHARACTER_DEVICE | _MAKE_BLOCK_DEVICE))
        _call(_RESTRICT_SELF, fd, 0)
    finally:
        os.close(fd)


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.EACCES, errno.ELOOP):
            return
        raise
    try:
        if not stat.S_ISDIR(os.fstat(fd).st_mode):
            rights &= _OF_FILES
        _call(_ADD_RULE, ruleset, _PATH_BENEATH, ctypes.byref(_Beneath(rights, fd)), 0)
    finally:
        os.close(fd)


def _call(number: int, *arguments: object) -> int:
    """Make a system call.

    Raises:
        OSError: it fails.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    typed = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    result: int = libc.syscall(ctypes.c_long(number), *typed)
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"Landlock: {os.strerror(code)}")
    return result
