# Recursion with the limit lifted, until the stack is gone.
# marks: primes=1
# %% mean
import sys
sys.setrecursionlimit(10**9)
class Deep:
    def __repr__(self): return repr(self)
try:
    repr(Deep())
except BaseException: pass
# %% primes
primes = 168
