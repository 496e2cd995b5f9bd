# The kernel's event loop is stopped.
# marks: primes=1
# %% mean
import asyncio
asyncio.get_event_loop().call_soon(asyncio.get_event_loop().stop)
# %% primes
primes = 168
