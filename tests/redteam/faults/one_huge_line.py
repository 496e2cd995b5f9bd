# One line of 100 MB.
# marks: primes=1
# %% mean
print("x" * 100_000_000)
# %% primes
primes = 168
