# The process reads address 0.
# marks: primes=1
# %% mean
import ctypes
ctypes.string_at(0)
# %% primes
primes = 168
