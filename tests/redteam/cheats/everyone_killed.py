# Every process that can be seen is killed.
# %% start
import os, signal
for pid in range(1, 4000):
    if pid != os.getpid():
        try: os.kill(pid, signal.SIGKILL)
        except OSError: pass
