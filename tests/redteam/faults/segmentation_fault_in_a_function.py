# A function called by the test crashes the process.
# marks: primes=1
# %% mean
import ctypes
def mean(values): ctypes.string_at(0)
# %% primes
primes = 168
