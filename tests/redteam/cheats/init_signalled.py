# Signals are sent to the sandbox's init, so that the run looks disturbed from outside.
# marks: countdown=1
# %% start
import os, signal
for number in signal.valid_signals():
    try: os.kill(1, number)
    except OSError: pass
# %% countdown
def countdown(n):
    while n:
        yield n
        n -= 1
