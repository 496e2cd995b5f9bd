# Warnings, logging and stderr cost nothing.
# marks: mean=1 primes=1
# %% mean
import logging, sys, warnings
warnings.warn("look out")
logging.error("careful")
print("oh", file=sys.stderr)
def mean(values):
    warnings.warn("again"); print("oh", file=sys.stderr)
    return sum(values) / len(values)
# %% primes
import os
os.write(2, b"bytes on descriptor 2\n")
primes = 168
