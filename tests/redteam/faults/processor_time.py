# Several processes burn more processor time than allowed.
# marks: primes=1
# %% mean
import os
for i in range(3):
    if os.fork() == 0:
        while True: pass
while True: pass
# %% primes
primes = 168
