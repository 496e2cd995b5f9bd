"""Students' processes make the system calls that a program needs which computes, and no others."""

from __future__ import annotations

import ctypes.util
import platform

import pytest

from autograder.engine.engine import Engine
from autograder.engine.host.syscall_filter import compile_filter, find_problem
from autograder.engine.wire.limits import Limits
from tests.autograder.engine.judge import judge

pytestmark = pytest.mark.skipif(platform.machine() != "x86_64", reason="numbers of x86_64")

# By name: the number and the arguments.
FORBIDDEN = {
    "keyctl": (250, 0, -3, 0),
    "add_key": (248, b"user", b"name", b"solution", 8, -3),
    "request_key": (249, b"user", b"name", 0, 0),
    "io_uring_setup": (425, 8, b"\0" * 120),
    "userfaultfd": (323, 1),
    "bpf": (321, 0, b"\0" * 128, 128),
    "perf_event_open": (298, b"\0" * 128, 0, -1, -1, 0),
    "unshare": (272, 0x10000000),
    "setns": (308, 0, 0),
    "ptrace": (101, 16, 1, 0, 0),
    "process_vm_readv": (310, 1, 0, 0, 0, 0, 0),
    "pidfd_getfd": (438, 0, 0, 0),
    "kcmp": (312, 1, 1, 0, 0, 0),
    "mount": (165, b"none", b"/tmp", b"tmpfs", 0, 0),
    "fsopen": (430, b"tmpfs", 0),
    "inotify_init": (253,),
    "fanotify_init": (300, 0, 0),
    "syslog": (103, 3, b"\0" * 100, 100),
    "open_by_handle_at": (304, -100, 0, 0),
    "memfd_secret": (447, 0),
    "clone of a namespace": (56, 0x10000000 | 17, 0, 0, 0, 0),
    "socket of AF_ALG": (41, 38, 5, 0),
    "socket of AF_VSOCK": (41, 40, 1, 0),
    "fcntl F_GETLK": (72, 0, 5, b"\0" * 32),
    "limits of the first process": (302, 1, 0, b"\0" * 16, 0),
    "limits of another process": (302, 5, 0, b"\0" * 16, 0),
    "processors of the first process": (203, 1, 8, b"\1" + b"\0" * 7),
    "the same with a bit that the system ignores": (203, (1 << 32) + 1, 8, b"\1" + b"\0" * 7),
    "scheduling of the first process": (144, 1, 5, b"\0" * 4),
    "priority of the first process": (141, 0, 1, 5),
    "priority of all processes of a user": (141, 2, 0, 5),
    "disk priority of the first process": (251, 1, 1, 3 << 13),
    "ioctl TIOCSTI": (16, 0, 0x5412, b"x"),
    "ioctl TIOCSTI with a bit that the system ignores": (16, 0, (1 << 32) + 0x5412, b"x"),
    "pidfd_open of the first process": (434, 1, 0),
    "preadv2 of what is in memory": (327, 0, b"\0" * 16, 1, 0, 0, 8),
    "memfd_create": (319, b"name", 0),
    "shmget": (29, 0, 4096, 0o1600),
    "msgget": (68, 0, 0o1600),
    "io_setup": (206, 1, b"\0" * 8),
    "a call that is not known yet": (900,),
}
TRY = f"""
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
def attempt(number, *arguments):
    typed = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    result = libc.syscall(ctypes.c_long(number), *typed)
    return result if result >= 0 else -ctypes.get_errno()
results = {{name: attempt(*call) for name, call in {FORBIDDEN!r}.items()}}
"""
USED = """
import fcntl, mmap, multiprocessing, os, resource, socket, sqlite3, subprocess, tempfile, threading
import keras, numpy as np
done = []
with tempfile.TemporaryFile() as file:
    fcntl.flock(file, fcntl.LOCK_EX)
    fcntl.lockf(file, fcntl.LOCK_EX)
    done.append("locks")
with sqlite3.connect("rows.db") as database:
    database.execute("create table t (a)")
    database.execute("insert into t values (1)")
done += ["sqlite"] * database.execute("select count(*) from t").fetchone()[0]
done.append(subprocess.run(["echo", "shell"], capture_output=True, text=True).stdout.strip())
thread = threading.Thread(target=done.append, args=("thread",))
thread.start(); thread.join()
with multiprocessing.get_context("fork").Pool(2) as pool:
    done += ["pool"] * (pool.map(abs, [-1, -2]) == [1, 2])
ours, theirs = socket.socketpair()
ours.sendall(b"socket")
done.append(theirs.recv(6).decode())
mmap.mmap(-1, 4096).close()
resource.setrlimit(resource.RLIMIT_STACK, resource.getrlimit(resource.RLIMIT_STACK))
os.setpriority(os.PRIO_PROCESS, 0, 19)
os.sched_setaffinity(0, os.sched_getaffinity(0))
os.isatty(os.openpty()[1])
os.close(os.pidfd_open(os.getpid()))
with open(os.__file__, "rb") as file:
    assert os.preadv(file.fileno(), [bytearray(8)], 0) == 8
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
model.compile("sgd", "mse")
model.fit(np.ones((4, 2)), np.ones((4, 1)), verbose=0)
model.save("model.keras"); model.save_weights("model.weights.h5")
done += ["keras"] * (keras.saving.load_model("model.keras").count_params() == 3)
!echo command > command.txt
done.append(open("command.txt").read().strip())
"""
WANTED = ["locks", "sqlite", "shell", "thread", "pool", "socket", "keras", "command"]


def test_filter_can_be_made_where_the_library_is() -> None:
    if ctypes.util.find_library("seccomp") is None:
        assert find_problem() == "libseccomp is not installed"
    else:
        assert find_problem() == "" and len(compile_filter()) % 8 == 0


@pytest.mark.slow
@pytest.mark.parametrize("isolation", ["auto", "none"])
def test_calls_are_refused_and_honest_work_goes_on(isolation: str) -> None:
    if find_problem():
        pytest.skip(find_problem())
    with Engine(Limits(memory_mb=3000), isolation) as engine:
        allowed = "assert not [name for name, result in results.items() if result != -38], results"
        refused = judge(engine, TRY, allowed)
        assert refused.score == 1, refused.message
        used = judge(engine, USED, f"assert done == {WANTED}, done")
        assert used.score == 1, used.message
