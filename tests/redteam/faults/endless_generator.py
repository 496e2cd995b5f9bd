# A generator without end, where the test makes a list of it.
# marks: primes=1
# %% countdown
def countdown(n):
    while True: yield n
# %% primes
primes = 168
