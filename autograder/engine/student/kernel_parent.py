"""The student side's warm parent: imports once, then forks a sandboxed kernel for each request.

Run as a program inside the outer sandbox: `python -m autograder.engine.student.kernel_parent FD
[keras]`, where FD is the control socket; with `keras`, it imports Keras, too. A request carries the
sockets of one kernel.
"""

from __future__ import annotations

import base64
import contextlib
import os
import resource
import signal
import socket
import sys
from pathlib import Path

from autograder.engine.student.kernel_app import run_kernel
from autograder.engine.student.landlock import confine
from autograder.engine.student.linux_namespaces import (
    become_other_user,
    close_doors,
    drop_privileges,
    enter_namespaces,
    mount_private,
    set_dumpable,
)
from autograder.engine.student.syscall_wall import forbid_syscalls
from autograder.engine.wire.channels import CHANNELS
from autograder.engine.wire.fork_server import (
    PR_SET_CHILD_SUBREAPER,
    close_all_but,
    die_with_parent,
    import_modules,
    serve,
    set_process_option,
)
from autograder.engine.wire.frames import FrameError, receive_frame
from autograder.engine.wire.keras_defaults import use_keras_defaults
from autograder.engine.wire.limits import Limits
from autograder.engine.wire.messages import (
    FileNames,
    KernelEnd,
    KernelFailure,
    KernelSetup,
    KernelStart,
    check_message,
    expect_message,
    send_message,
    unpack_message,
)

# What a lab imports; after the fork an import of these costs nothing.
WARM_MODULES = (
    "numpy",
    "matplotlib.pyplot",
    "matplotlib_inline.backend_inline",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.interactiveshell",
    "IPython.core.logger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "ipykernel.debugger",
    "ipykernel.ipkernel",
    "ipykernel.zmqshell",
    "tornado.locks",
    "tornado.platform.asyncio",
    "tornado.queues",
)
KERAS_MODULES = (
    "keras",
    "tensorflow",
    "course_lib.data",
    "course_lib.figures",
    "course_lib.models",
    "course_lib.notebook",
    "course_lib.testing",
    "course_lib.training",
    "sklearn.datasets",
    "autograder.engine.wire.keras_values",
    "autograder.engine.wire.tensor_values",
)
_MIB = 1 << 20


def main() -> None:
    """Import and serve."""
    control = socket.socket(fileno=int(sys.argv[1]))
    # Nobody attaches a debugger here, and preparing for one takes half of a kernel's start.
    sys.modules.setdefault("debugpy", None)  # type: ignore[arg-type]
    import_modules(WARM_MODULES)
    if sys.argv[2:]:
        import_modules(KERAS_MODULES)
    use_keras_defaults()
    set_dumpable(False)
    serve(control, _start_kernel)


def _start_kernel(request: bytes, fds: list[int]) -> None:
    setup = check_message(unpack_message(request), KernelSetup)
    *listeners, agent_fd, status_fd = fds
    status = socket.socket(fileno=status_fd)
    try:
        if setup.uid is not None:
            become_other_user(setup.uid)
        # Without a namespace of their own, the student's processes see this one, too.
        set_dumpable(setup.has_namespaces)
        enter_namespaces() if setup.has_namespaces else die_with_parent(os.getppid())
        parent = os.getpid()
        init = os.fork()
        if init != 0:
            # In a namespace of its own init lives on with the warm parent; else it lives with us.
            if not setup.has_namespaces:
                os.waitpid(init, 0)
            return
        _prepare(setup, parent)
        # The student's processes have the same user; init's socket is not for them.
        set_dumpable(False)
    except Exception as error:
        send_message(status, KernelFailure(f"{type(error).__name__}: {error}"))
        return
    # The system adds this process's credentials to the message.
    send_message(status, KernelStart())
    _receive_files(status)
    init = os.getpid()
    kernel = os.fork()
    if kernel == 0:
        status.close()
        _run_kernel(setup, init, listeners, agent_fd)
        return
    close_all_but({0, 1, 2, status_fd})
    _wait_for(kernel, status)


def _run_kernel(setup: KernelSetup, init: int, listeners: list[int], agent_fd: int) -> None:
    set_dumpable(True)
    if not setup.has_namespaces:
        die_with_parent(init)
    os.setpgid(0, 0)
    confine(setup.readable, [setup.home, *setup.writable])
    if setup.syscalls:
        forbid_syscalls(base64.b64decode(setup.syscalls))
    channels = dict(zip(CHANNELS, listeners, strict=True))
    run_kernel(channels, agent_fd, setup.key, setup.seed)


def _prepare(setup: KernelSetup, parent: int) -> None:
    # Where there are no control groups, Linux divides the processors among sessions.
    os.setsid()
    if setup.has_namespaces:
        mount_private(setup.home, setup.limits.disk_mb, setup.keep)
        close_doors(int(setup.limits.processes) + 1)
    else:
        die_with_parent(parent)
        # Daemons of the student's become children of this process: found, counted and ended.
        set_process_option(PR_SET_CHILD_SUBREAPER, 1)
        drop_privileges()
    os.environ.update(HOME=setup.home, TMPDIR=setup.tmp)
    os.chdir(setup.home)
    sys.path[:] = ["", *(entry for entry in sys.path if entry)]
    _set_limits(setup.limits, own_namespace=setup.has_namespaces)


def _set_limits(limits: Limits, own_namespace: bool) -> None:
    pages = int(Path("/proc/self/statm").read_text().split()[5])
    # What this process has already, the limit, and the stacks of its threads to come.
    data = pages * resource.getpagesize() + int(limits.memory_mb * _MIB) + 512 * _MIB
    wanted = {
        resource.RLIMIT_DATA: data,
        resource.RLIMIT_CPU: int(limits.cpu_seconds) + 1,
        resource.RLIMIT_FSIZE: int(limits.disk_mb * _MIB),
        resource.RLIMIT_NOFILE: 4096,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_MSGQUEUE: 0,
        # Timers and queued signals: all of a user's processes share them.
        resource.RLIMIT_SIGPENDING: 1024,
    }
    if own_namespace:
        # Elsewhere this counts all of the user's processes, also the grader's own.
        wanted[resource.RLIMIT_NPROC] = int(limits.processes) + 1
    for name, value in wanted.items():
        _, hard = resource.getrlimit(name)
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(name, (value, value))


def _receive_files(status: socket.socket) -> None:
    for name in expect_message(status, FileNames).names:
        content = receive_frame(status)
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _wait_for(kernel: int, status: socket.socket) -> None:
    """Be the init of the kernel's pid namespace: reap processes, and end with the kernel."""
    # A signal from inside the namespace does nothing to an init without a handler for it.
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_DFL)
    while True:
        pid, code = os.wait()
        if pid == kernel:
            with contextlib.suppress(FrameError):
                send_message(status, KernelEnd(os.waitstatus_to_exitcode(code)))
            return


if __name__ == "__main__":
    main()
