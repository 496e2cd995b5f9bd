# A coroutine never ends, and keeps its thread, so that later answers come from the past.
# marks: mean=1
# %% mean
def mean(values): return sum(values) / len(values)
# %% pulse
import asyncio, time
async def pulse(n):
    time.sleep(3600)
    yield 0
async def call(f, value):
    await asyncio.Event().wait()
