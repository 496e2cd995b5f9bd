"""Messages between the grader, the warm parent of the kernels and a kernel's init."""

from __future__ import annotations

from dataclasses import dataclass

from autograder.engine.wire.limits import Limits


@dataclass(frozen=True)
class KernelSetup:
    """How a kernel is to be sandboxed.

    Args:
        uid: the user id that it takes; None keeps the warm parent's.
        has_namespaces: whether it takes namespaces of its own.
        home: its working folder.
        tmp: its folder for temporary files.
        keep: folders that it can still read.
        limits: what it may use.
        key: what its messages are signed with.
        seed: what its random numbers start from.
        syscalls: its filter of system calls, in base64; empty for none.
        readable: files and folders that Landlock lets it read.
        writable: files and folders that Landlock lets it write, besides its home.
    """

    uid: int | None
    has_namespaces: bool
    home: str
    tmp: str
    keep: list[str]
    limits: Limits
    key: str
    seed: int
    syscalls: str
    readable: list[str]
    writable: list[str]


@dataclass(frozen=True)
class FileNames:
    """The names of the files for the working folder; a frame with each one's content follows."""

    names: list[str]


@dataclass(frozen=True)
class KernelStart:
    """The sandbox is ready; the credentials of this message name its first process."""


@dataclass(frozen=True)
class KernelEnd:
    """The kernel's process has ended, with an exit code or minus a signal's number."""

    code: int
