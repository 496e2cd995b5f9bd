# The notebook asks its reader for a number.
# marks: primes=1
# %% mean
n = int(input("How many? "))
# %% primes
primes = 168
