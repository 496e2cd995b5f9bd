# Timers and queued signals, of which a user has a fixed number on the machine, are taken.
# marks: countdown=1
# %% mean
import ctypes, os, signal
rt = ctypes.CDLL("librt.so.1", use_errno=True)
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGRTMIN])
timers = queued = 0
timer = ctypes.c_void_p()
while timers < 5000 and rt.timer_create(1, None, ctypes.byref(timer)) == 0: timers += 1
while queued < 5000 and rt.sigqueue(os.getpid(), signal.SIGRTMIN, None) == 0: queued += 1
assert timers + queued < 1100, (timers, queued)
signal.signal(signal.SIGRTMIN, signal.SIG_IGN)
# %% countdown
def countdown(n):
    while n:
        yield n
        n -= 1
