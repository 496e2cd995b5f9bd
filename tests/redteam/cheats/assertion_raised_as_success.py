# Errors that are to end a test's block or loop early: SystemExit, StopAsyncIteration, GeneratorExit.
# %% pulse
async def pulse(n):
    for i in range(n): yield i
async def call(f, value): raise SystemExit(0)
# %% totals
def totals(values):
    yield 0
    raise GeneratorExit
# %% missing
def missing(path): raise StopAsyncIteration(path)
# %% journal
import contextlib
@contextlib.contextmanager
def journal(log):
    yield 4
    raise KeyboardInterrupt
# %% drive
def drive(machine, n): raise SystemExit(0)
