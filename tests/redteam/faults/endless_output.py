# Lines without end.
# marks: primes=1
# %% mean
while True: print("x" * 100)
# %% primes
primes = 168
