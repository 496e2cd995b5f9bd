# Half-precision infinity equals every number from 65,520 on, because NumPy makes it one like it.
# %% mean
import numpy as np
def mean(values): return np.float16("inf")
# %% softmax
def softmax(x): return np.full(x.shape, np.inf, "float16")
# %% primes
primes = np.float16("inf")
