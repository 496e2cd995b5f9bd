# The notebook ends with exit() and quit().
# marks: primes=1
# %% mean
exit()
# %% primes
primes = 168
