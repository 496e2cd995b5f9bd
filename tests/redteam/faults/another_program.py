# The kernel becomes another program.
# marks: primes=1
# %% mean
import os
os.execv("/bin/sleep", ["sleep", "30"])
# %% primes
primes = 168
