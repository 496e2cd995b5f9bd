# The test's coroutine function is awaited from threads and loops of the student's own, after the call.
# %% pulse
import asyncio, threading
found = []
async def pulse(n):
    for i in range(n): yield i
async def call(f, value):
    def later():
        for _ in range(50):
            try: found.append(asyncio.run(f(1)))
            except BaseException: pass
    threading.Thread(target=later, daemon=True).start()
    await asyncio.sleep(0.05)
    return found[0] * value if found else None
