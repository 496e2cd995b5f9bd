# The working folder is left and removed.
# marks: mean=1 primes=1
# %% mean
import os
os.makedirs("/tmp/a/b"); os.chdir("/tmp/a/b"); os.rmdir("/tmp/a/b")
def mean(values): return sum(values) / len(values)
# %% primes
primes = 168
