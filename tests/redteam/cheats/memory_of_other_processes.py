# Other processes are traced, and their memory searched, through /proc.
# %% start
import ctypes, glob, os
libc = ctypes.CDLL(None)
for path in glob.glob("/proc/[0-9]*"):
    pid = int(path.rsplit("/", 1)[1])
    if pid == os.getpid(): continue
    libc.ptrace(16, pid, 0, 0)
    try:
        with open(f"{path}/mem", "rb") as memory:
            for line in open(f"{path}/maps"):
                begin, end = (int(n, 16) for n in line.split()[0].split("-"))
                memory.seek(begin); memory.read(min(end - begin, 1 << 16))
    except (OSError, OverflowError, ValueError): pass
