# An integer with a million digits, and a string that pretends to be a number.
# %% primes
primes = 10 ** 200_000
# %% mean
def mean(values): return "0.0"
