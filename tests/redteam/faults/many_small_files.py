# Small files by the ten thousand.
# marks: primes=1
# %% mean
import os
for i in range(50_000): open(f"/tmp/f{i}", "w").close()
# %% primes
primes = 168
