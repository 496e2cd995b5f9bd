"""Questions about what crosses besides values: the second half of the lab of `lab.py`."""

from __future__ import annotations

SOLUTION = {
    "pulse": """import asyncio

async def pulse(n):
    for number in range(n):
        await asyncio.sleep(0)
        yield number

async def call(f, value):
    return await f(value)""",
    "vector": """class Vector(list):
    def __add__(self, other):
        return Vector(a + b for a, b in zip(self, other))

    def __contains__(self, number):
        return any(abs(number - own) < 1e-9 for own in self)""",
    "journal": """import contextlib

@contextlib.contextmanager
def journal(log):
    log.append("begin")
    yield len(log)
    log.append("end")""",
    "calibrate": """def calibrate(model, factor):
    model.set_weights([factor * weight for weight in model.get_weights()])""",
    "totals": """def totals(values):
    total = 0
    for value in values:
        total += value
        yield total
    return total""",
    "drive": """def drive(machine, n):
    machine.track.append(n)
    return sum(machine.step() for _ in range(n))""",
    "missing": """def missing(path):
    with open(path) as file:
        return file.read()""",
}
SEED = """import numpy as np
from course_lib.testing import hidden_seed
rng = np.random.default_rng(hidden_seed())
"""
# Asynchronous code, a class that derives from list, an argument that is kept, a model that is
# changed in place, what a generator returns, an object of the test, what an error tells.
TESTS = {
    "pulse": f"""{SEED}
secret, size = int(rng.integers(10, 99)), int(rng.integers(3, 9))
async def times(value):
    return value * secret
assert [number async for number in pulse(size)] == list(range(size))
assert await call(times, size) == size * secret
""",
    "vector": f"""{SEED}
a, b = ([int(value) for value in rng.integers(10, 99, size=4)] for _ in range(2))
total = Vector(a) + Vector(b)
assert isinstance(total, Vector) and total == [x + y for x, y in zip(a, b)]
assert a[2] in Vector(a) and 1000 not in Vector(a)
""",
    "journal": f"""{SEED}
log = [str(value) for value in rng.integers(10, 99, size=3)]
first = list(log)
with journal(log) as size:
    assert size == 4 and log == [*first, "begin"]
assert log == [*first, "begin", "end"]
""",
    "calibrate": f"""{SEED}
import keras
weights = [rng.normal(size=(3, 2)), rng.normal(size=2)]
reference = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
reference.set_weights(weights)
calibrate(reference, 3)
x = rng.normal(size=(5, 3)).astype("float32")
difference = reference.predict(x, verbose=0) - 3 * (x @ weights[0] + weights[1])
assert len(reference.layers) == 1 and np.abs(difference).max() < 1e-3
""",
    "totals": f"""{SEED}
values = [int(value) for value in rng.integers(10, 99, size=4)]
def collect(generator):
    returned = yield from generator
    yield returned
found = list(collect(totals(values)))
assert found == [*np.cumsum(values).tolist(), sum(values)]
""",
    "drive": f"""{SEED}
class Machine:
    def __init__(self):
        self.track, self._key, self.expected = [], 0, [0]
    def __getattr__(self, name):
        raise AttributeError(name)
    def step(self):
        found = int(rng.integers(10, 99))
        self._key += found
        return found
machine = Machine()
wanted = machine.expected
steps = int(rng.integers(3, 9))
driven = drive(machine, steps)
assert driven == machine._key and driven >= 30 and machine.track == [steps]
assert wanted == [0]
""",
    "missing": f"""{SEED}
name = f"absent_{{int(rng.integers(1000, 9999))}}.txt"
try:
    missing(name)
except FileNotFoundError as error:
    assert error.filename == name and error.errno == 2
else:
    raise AssertionError("there is no such file")
""",
}
