# sys.exit in a cell and in a function.
# marks: primes=1
# %% mean
import sys
def mean(values): sys.exit(0)
sys.exit("bye")
# %% primes
primes = 168
