# The cell interrupts itself.
# marks: primes=1
# %% mean
import os, signal
os.kill(os.getpid(), signal.SIGINT)
# %% primes
primes = 168
