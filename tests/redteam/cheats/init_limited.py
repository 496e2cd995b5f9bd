# The limits of the sandbox's init are lowered so that the system ends it, as if from outside.
# marks: countdown=1
# %% start
import ctypes, os, resource, struct
libc = ctypes.CDLL(None, use_errno=True)
PRLIMIT, HIGH_BIT = 302, 1 << 32
none = struct.pack("QQ", 0, 0)
for limit in range(16):
    try: resource.prlimit(1, limit, (0, 0))
    except (OSError, ValueError): pass
    # The system reads 32 bits of a process id, and a filter may compare 64.
    for pid in (1, 1 + HIGH_BIT): libc.syscall(PRLIMIT, ctypes.c_long(pid), limit, none, None)
# %% countdown
def countdown(n):
    while n:
        yield n
        n -= 1
