# Signals are ignored, then the cell sleeps.
# marks: primes=1
# %% mean
import signal, time
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGXCPU): signal.signal(number, signal.SIG_IGN)
time.sleep(10_000)
# %% primes
primes = 168
