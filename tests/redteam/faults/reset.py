# The namespace is cleared.
# marks: primes=1
# %% mean
def mean(values): return sum(values) / len(values)
get_ipython().run_line_magic("reset", "-f")
# %% primes
primes = 168
