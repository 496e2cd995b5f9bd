# The process stops itself, as Ctrl-Z does.
# marks: primes=1
# %% mean
import os, signal
os.kill(os.getpid(), signal.SIGSTOP)
# %% primes
primes = 168
