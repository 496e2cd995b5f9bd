"""Forbids system calls to this process and to all that it starts, for good."""

from __future__ import annotations

import ctypes
import os

_PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS, _SECCOMP_MODE_FILTER = 22, 38, 2
_INSTRUCTION_BYTES = 8


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def forbid_syscalls(instructions: bytes) -> None:
    """Load a filter that `compile_filter` made; called before a second thread starts.

    Raises:
        OSError: the kernel does not take it.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    program = _Program(len(instructions) // _INSTRUCTION_BYTES, instructions)
    # Without capabilities, only a process that can gain no privileges may load a filter.
    for option, *arguments in (
        (_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0),
        (_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0),
    ):
        if libc.prctl(option, *arguments) != 0:
            code = ctypes.get_errno()
            raise OSError(code, f"no filter of system calls: {os.strerror(code)}")
