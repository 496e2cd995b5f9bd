"""The system calls that students' processes may make."""

from __future__ import annotations

import errno
import functools
import socket
import tempfile
from typing import Any

# What Docker allows by default, without what opens a channel between two submissions (locks and
# watches on files that both see), without what takes from a stock that the whole machine has or
# holds memory that no process shows (asynchronous input, System V's memory and queues, files in
# memory), and without what a program that computes does not need (io_uring, handles of files,
# secret memory). Calls with conditions are below.
_ALLOWED = """
accept accept4 access alarm arch_prctl bind brk cacheflush capget capset chdir chmod chown chown32
clock_getres clock_getres_time64 clock_gettime clock_gettime64 clock_nanosleep
clock_nanosleep_time64 close close_range connect copy_file_range creat dup dup2 dup3 epoll_create
epoll_create1 epoll_ctl epoll_ctl_old epoll_pwait epoll_pwait2 epoll_wait epoll_wait_old eventfd
eventfd2 execve execveat exit exit_group faccessat faccessat2 fadvise64 fadvise64_64 fallocate
fchdir fchmod fchmodat fchmodat2 fchown fchown32 fchownat fdatasync fgetxattr flistxattr fork
fremovexattr fsetxattr fstat fstat64 fstatat64 fstatfs fstatfs64 fsync ftruncate ftruncate64 futex
futex_requeue futex_time64 futex_wait futex_waitv futex_wake futimesat get_robust_list
get_thread_area getcpu getcwd getdents getdents64 getegid getegid32 geteuid geteuid32 getgid
getgid32 getgroups getgroups32 getitimer getpeername getpgid getpgrp getpid getppid getpriority
getrandom getresgid getresgid32 getresuid getresuid32 getrlimit getrusage getsid getsockname
getsockopt gettid gettimeofday getuid getuid32 getxattr ioprio_get kill lchown lchown32 lgetxattr
link linkat listen listxattr llistxattr _llseek lremovexattr lseek lsetxattr lstat lstat64 madvise
map_shadow_stack membarrier mincore mkdir mkdirat mknod mknodat mlock mlock2 mlockall mmap mmap2
mprotect mq_getsetattr mq_notify mq_open mq_timedreceive mq_timedreceive_time64 mq_timedsend
mq_timedsend_time64 mq_unlink mremap mseal msync munlock munlockall munmap nanosleep newfstatat
_newselect open openat openat2 pause pidfd_send_signal pipe pipe2 pkey_alloc pkey_free pkey_mprotect
poll ppoll ppoll_time64 prctl pread64 preadv pselect6 pselect6_time64 pwrite64 pwritev pwritev2 read
readahead readlink readlinkat readv recv recvfrom recvmmsg recvmmsg_time64 recvmsg remap_file_pages
removexattr rename renameat renameat2 restart_syscall riscv_flush_icache rmdir rseq rt_sigaction
rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend rt_sigtimedwait
rt_sigtimedwait_time64 rt_tgsigqueueinfo sched_get_priority_max sched_get_priority_min
sched_getaffinity sched_getattr sched_getparam sched_getscheduler sched_rr_get_interval
sched_rr_get_interval_time64 sched_yield select semctl semget semop semtimedop semtimedop_time64
send sendfile sendfile64 sendmmsg sendmsg sendto set_robust_list set_thread_area set_tid_address
setfsgid setfsgid32 setfsuid setfsuid32 setgid setgid32 setgroups setgroups32 setitimer setpgid
setregid setregid32 setresgid setresgid32 setresuid setresuid32 setreuid setreuid32 setrlimit setsid
setsockopt setuid setuid32 setxattr shutdown sigaltstack signalfd signalfd4 sigprocmask sigreturn
socketpair splice stat stat64 statfs statfs64 statx symlink symlinkat sync sync_file_range
sync_file_range2 syncfs sysinfo tee tgkill time timer_create timer_delete timer_getoverrun
timer_gettime timer_gettime64 timer_settime timer_settime64 timerfd_create timerfd_gettime
timerfd_gettime64 timerfd_settime timerfd_settime64 times tkill truncate truncate64 ugetrlimit umask
uname unlink unlinkat utime utimensat utimensat_time64 utimes vfork vmsplice wait4 waitid waitpid
write writev
""".split()  # noqa: SIM905
# All but asking who holds a lock, leases and watches, which tell of other processes.
_FCNTL = (0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 15, 16, 37, 38, *range(1030, 1039))
_FAMILIES = (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK)
# The sandbox's first process has the same user, but is not the student's.
_FIRST_PROCESS = 1
_OF_ONE_PROCESS = (
    *("pidfd_open", "sched_setaffinity", "sched_setattr", "sched_setparam"),
    "sched_setscheduler",
)
# By call: its names for one process and for a group; not for all processes of a user.
_PRIORITIES = {"setpriority": (0, 1), "ioprio_set": (1, 2)}
_NEW_NAMESPACES = 0x7E020000
# Types characters into a terminal.
_TIOCSTI = 0x5412
# Reads only what somebody has read before: a file that two submissions see could carry a message.
_RWF_NOWAIT = 8


def find_problem() -> str:
    """Why system calls can't be filtered here; empty if they can."""
    try:
        import pyseccomp  # noqa: F401
    except ImportError:
        return "pyseccomp is not installed"
    except RuntimeError:
        return "libseccomp is not installed"
    return ""


@functools.lru_cache
def compile_filter() -> bytes:
    """The filter as a program of the Linux kernel's packet filter (BPF).

    A call that is not allowed fails as one that this kernel lacks (ENOSYS), for which libraries
    have another way. `flock` succeeds and does nothing: files that two submissions see are
    read-only, and locks on them could carry a message.

    Raises:
        ImportError, RuntimeError: see `find_problem`.
    """
    import pyseccomp

    seccomp: Any = pyseccomp
    rules = seccomp.SyscallFilter(seccomp.ERRNO(errno.ENOSYS))
    rules.set_attr(seccomp.Attr.CTL_OPTIMIZE, 2)
    conditions = _list_conditions(seccomp)
    for name in [*_ALLOWED, *conditions, "flock"]:
        # Other architectures and older versions of the library lack some calls.
        if seccomp.resolve_syscall(seccomp.Arch.NATIVE, name) < 0:
            continue
        action = seccomp.ERRNO(0) if name == "flock" else seccomp.ALLOW
        for condition in conditions.get(name, [()]):
            rules.add_rule(action, name, *condition)
    with tempfile.TemporaryFile() as file:
        rules.export_bpf(file)
        file.seek(0)
        return file.read()


def _list_conditions(seccomp: Any) -> dict[str, list[tuple[Any, ...]]]:
    """By call: the conditions under which it is allowed; those of one tuple hold together."""

    def equal(index: int, *values: int) -> list[tuple[Any, ...]]:
        return [(seccomp.Arg(index, seccomp.EQ, value),) for value in values]

    def differ(index: int, value: int) -> list[tuple[Any, ...]]:
        # A condition for each bit of an int: the system ignores the upper half of the register,
        # so a comparison of all of it could be passed by setting a bit there.
        masks = [1 << bit for bit in range(32)]
        return [(seccomp.Arg(index, seccomp.MASKED_EQ, mask, ~value & mask),) for mask in masks]

    return {
        **dict.fromkeys(("fcntl", "fcntl64"), equal(1, *_FCNTL)),
        **dict.fromkeys(_OF_ONE_PROCESS, differ(0, _FIRST_PROCESS)),
        **{
            name: [kind + one for kind in equal(0, *kinds) for one in differ(1, _FIRST_PROCESS)]
            for name, kinds in _PRIORITIES.items()
        },
        # A process sets its own limits, and no other's.
        "prlimit64": equal(0, 0),
        "socket": equal(0, *map(int, _FAMILIES)),
        "personality": equal(0, 0, 0xFFFFFFFF),
        "ioctl": differ(1, _TIOCSTI),
        "preadv2": [(seccomp.Arg(5, seccomp.MASKED_EQ, _RWF_NOWAIT, 0),)],
        # Without clone3, whose flags lie in memory: a filter cannot see them, and the C library
        # then calls clone.
        "clone": [(seccomp.Arg(0, seccomp.MASKED_EQ, _NEW_NAMESPACES, 0),)],
    }
