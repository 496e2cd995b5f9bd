# A task of the event loop never gives it back.
# %% mean
import asyncio, time
async def block():
    time.sleep(10_000)
task = asyncio.ensure_future(block())
# %% primes
primes = 168
