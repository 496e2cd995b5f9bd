# Numbers, arrays and lists are awaitables and asynchronous iterators that nobody awaits.
# %% start
import asyncio
loop = asyncio.new_event_loop()
async def forever():
    await asyncio.sleep(3600)
# %% mean
def mean(values): return loop.create_future()
# %% softmax
async def softmax(x): return x
# %% primes
primes = loop.create_future()
# %% countdown
async def countdown(n):
    yield n
# %% order
async def order(values): return None
# %% apply
async def apply(f, values): return []
