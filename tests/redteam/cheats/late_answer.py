# The answer comes after the test is over: the names are right only at the end.
# %% end
primes = 168
def countdown(n): return iter(range(n, 0, -1))
def mean(values): return sum(values) / len(values)
