# Daemons are left behind by the shell and by a double fork.
# marks: mean=1 primes=1
# %% mean
import os, subprocess
get_ipython().system_raw("sleep 600 &")
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execv("/bin/sleep", ["sleep", "600"])
    os._exit(0)
def mean(values): return sum(values) / len(values)
# %% primes
primes = 168
