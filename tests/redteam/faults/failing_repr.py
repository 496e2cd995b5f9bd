# An object whose every method fails.
# marks: primes=1
# %% mean
class Broken:
    def __getattribute__(self, name): raise RuntimeError("no")
    def __repr__(self): raise SystemExit
def mean(values): return Broken()
Broken()
# %% primes
primes = 168
