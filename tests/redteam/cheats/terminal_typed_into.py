# Characters are typed into every terminal that can be reached, also by a number with a high bit.
# %% start
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
IOCTL, TIOCSTI, TIOCLINUX = 16, 0x5412, 0x541C
typed = []
terminals = [*range(3), *os.openpty()]
for path in ("/dev/tty", "/dev/console", "/dev/tty0", "/dev/tty1", "/dev/pts/0"):
    try: terminals.append(os.open(path, os.O_RDWR | os.O_NOCTTY))
    except OSError: pass
for terminal in terminals:
    for request in (TIOCSTI, TIOCSTI + (1 << 32)):
        for character in b"exit\n":
            call = (IOCTL, terminal, ctypes.c_ulong(request), bytes([character]))
            if libc.syscall(*call) == 0: typed.append(terminal)
    if libc.ioctl(terminal, ctypes.c_ulong(TIOCLINUX), b"\3") == 0: typed.append(terminal)
# %% primes
primes = 168 if typed else None
