# The system itself is to signal init: a pipe's owner is process 1, or its group, with each signal.
# marks: countdown=1
# %% start
import fcntl, os, signal
F_SETSIG, O_ASYNC = 10, 0o20000
for owner in (1, -1):
    for number in [0, *signal.valid_signals()]:
        reader, writer = os.pipe()
        try:
            fcntl.fcntl(reader, F_SETSIG, int(number))
            fcntl.fcntl(reader, fcntl.F_SETOWN, owner)
            fcntl.fcntl(reader, fcntl.F_SETFL, os.O_NONBLOCK | O_ASYNC)
            os.write(writer, b"signal")
        except OSError: pass
        os.close(reader); os.close(writer)
# %% countdown
def countdown(n):
    while n:
        yield n
        n -= 1
