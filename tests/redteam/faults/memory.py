# More memory than allowed, touched.
# marks: primes=1
# %% mean
hoard = []
for i in range(200): hoard.append(bytearray(b"x" * (1 << 20)) * 10)
# %% primes
primes = 168
