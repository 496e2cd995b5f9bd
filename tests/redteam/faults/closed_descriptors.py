# Every descriptor of the process is closed.
# marks: primes=1
# %% mean
import os
os.closerange(3, 256)
# %% primes
primes = 168
