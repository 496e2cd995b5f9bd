# Cells that are no Python, with tabs, a null byte and odd quotes.
# marks: primes=1
# %% mean
def mean(values:
	return “sum(values)”
# %% softmax
return 5
# %% primes
primes = 168
