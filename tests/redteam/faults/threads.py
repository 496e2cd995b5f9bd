# Threads by the hundred.
# marks: primes=1
# %% mean
import threading, time
for i in range(600):
    threading.Thread(target=time.sleep, args=(8,), daemon=True).start()
time.sleep(3)
# %% primes
primes = 168
