# The process kills itself.
# marks: primes=1
# %% mean
import os, signal
os.kill(os.getpid(), signal.SIGKILL)
# %% primes
primes = 168
