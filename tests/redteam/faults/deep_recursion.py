# Recursion without end.
# marks: primes=1
# %% mean
def mean(values): return mean(values)
# %% primes
primes = 168
