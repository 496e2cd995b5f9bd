# Processes that start processes, 500 at most.
# marks: primes=1
# %% mean
import os, time
for i in range(500):
    try:
        if os.fork() == 0:
            time.sleep(8); os._exit(0)
    except OSError as error:
        print(error); break
time.sleep(3)
# %% primes
primes = 168
