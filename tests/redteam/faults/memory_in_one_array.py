# One array larger than allowed.
# marks: primes=1
# %% mean
import numpy as np
hoard = np.ones((1 << 30,), "float32")
# %% primes
primes = 168
