# Bytes that are no text on descriptor 1.
# marks: mean=1 primes=1
# %% mean
import os
os.write(1, bytes(range(256)) * 40)
def mean(values): return sum(values) / len(values)
# %% primes
primes = 168
