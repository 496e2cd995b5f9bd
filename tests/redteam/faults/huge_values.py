# Values larger and deeper than what may cross.
# marks: countdown=1
# %% mean
import numpy as np
def mean(values): return np.zeros((1 << 28,), "uint8")
# %% softmax
def softmax(x):
    nested = []
    for i in range(5000): nested = [nested]
    return nested
# %% primes
primes = np.broadcast_to(np.int8(1), (1 << 40,))
# %% countdown
def countdown(n):
    while n:
        yield n
        n -= 1
