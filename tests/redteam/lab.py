"""A small lab whose questions cover what crosses: numbers, arrays, values, models, generators."""

from __future__ import annotations

from collections.abc import Mapping

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from tests.redteam import crossings
from tests.redteam.crossings import SEED

SOLUTION = {
    "mean": "def mean(values):\n    return sum(values) / len(values)",
    "softmax": """import numpy as np

def softmax(x):
    powers = np.exp(x - x.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)""",
    "primes": """primes = sum(
    all(n % d for d in range(2, int(n**0.5) + 1)) for n in range(2, 1000)
)""",
    "model": """import keras
import numpy as np

model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
model.set_weights([np.array([[2.0]]), np.array([1.0])])""",
    "countdown": "def countdown(n):\n    while n:\n        yield n\n        n -= 1",
    "network": """import keras

class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.out = keras.layers.Dense(1)

    def call(self, x):
        return self.out(x)

network = Net()""",
    "bag": """class Bag:
    def __init__(self, items):
        self.items = list(items)

    def __contains__(self, item):
        return item in self.items

    def __eq__(self, other):
        return sorted(self.items) == sorted(other.items)

    def __add__(self, other):
        return Bag(self.items + other.items)

    def __len__(self):
        return len(self.items)""",
    "apply": "def apply(f, values):\n    return [f(value) for value in values]",
    "order": "def order(values):\n    values.sort()",
    "report": "def report(values):\n    print(*sorted(values), sep=';')",
    "item": """from dataclasses import dataclass

@dataclass(order=True)
class Item:
    price: int
    name: str = "pen"

def cheapest(items):
    return min(items)""",
    "timer": """class Timer:
    def __enter__(self):
        self.is_on = True
        return self

    def __exit__(self, *error):
        self.is_on = False""",
    "ledger": """class Ledger:
    def __init__(self):
        self.entries, self.total = [], 0

    def add(self, amount):
        self.entries.append(amount)
        self.total += amount""",
    "formula": "formula = '3 * x ** 2 + x'",
    "shade": """import enum

class Shade(enum.Enum):
    DARK = (1, 2)
    LIGHT = (7, 3)

    def __init__(self, level, width):
        self.level, self.width = level, width

class Side(enum.Flag):
    LEFT = 1
    RIGHT = 2

def lightest(shades):
    return max(shades, key=lambda shade: shade.level)

def join(sides):
    return Side.LEFT | Side.RIGHT""",
    **crossings.SOLUTION,
}
QUESTIONS = tuple(SOLUTION)
TESTS = {
    "mean": f"""{SEED}
values = [float(value) for value in rng.normal(size=7)]
result = mean(values)
assert abs(result - sum(values) / len(values)) < 1e-9, f"mean gives {{result}}"
""",
    "softmax": f"""{SEED}
x = rng.normal(size=(4, 5))
result = softmax(x)
powers = np.exp(x)
np.testing.assert_allclose(result, powers / powers.sum(axis=-1, keepdims=True), rtol=1e-6)
""",
    "primes": """assert isinstance(primes, int)
assert primes == 168, "that is not the number of primes below 1000"
""",
    "model": f"""{SEED}
import keras
x = rng.normal(size=(16, 1)).astype("float32")
assert isinstance(model, keras.Model)
assert len(model.layers) == 1
assert model.count_params() == 2
assert np.abs(model.predict(x, verbose=0) - (2 * x + 1)).max() < 1e-3
""",
    "countdown": f"""{SEED}
sizes = [int(size) for size in rng.integers(3, 9, size=4)]
for size, numbers in zip(sizes, map(lambda n: list(countdown(n)), sizes)):
    assert numbers == list(range(size, 0, -1)), f"countdown({{size}}) gives {{numbers}}"
""",
    # A model of a class of its own does not cross: the test calls it.
    "network": f"""{SEED}
import keras
x = rng.normal(size=(16, 3)).astype("float32")
assert isinstance(network, keras.Model)
network(x)
assert network.count_params() == 4
weights = [rng.normal(size=(3, 1)), rng.normal(size=1)]
network.set_weights(weights)
assert [w.shape for w in network.get_weights()] == [(3, 1), (1,)]
difference = network.predict(x, verbose=0) - (x @ weights[0] + weights[1])
assert np.abs(difference).max() < 1e-3
""",
    # What follows crosses as an object, in place, printed, or as a function of the test.
    "bag": f"""{SEED}
items = [int(item) for item in rng.integers(0, 99, size=6)]
bag = Bag(items)
assert isinstance(bag, Bag) and len(bag) == 6
assert items[2] in bag and 1000 not in bag
assert bag == Bag(items[::-1]) and bag != Bag([1000]) and len(bag + bag) == 12
""",
    "apply": f"""{SEED}
secret = int(rng.integers(10, 99))
values = [int(value) for value in rng.integers(0, 99, size=5)]
seen = []
def times(value):
    seen.append(value)
    return value * secret
assert apply(times, values) == [value * secret for value in values]
assert seen == values
""",
    "order": f"""{SEED}
values = [int(value) for value in rng.integers(0, 99, size=9)]
right = sorted(values)
assert order(values) is None
assert values == right
""",
    "report": f"""{SEED}
import contextlib
import io
values = [int(value) for value in rng.integers(0, 99, size=5)]
text = io.StringIO()
with contextlib.redirect_stdout(text):
    report(values)
assert text.getvalue().strip() == ";".join(map(str, sorted(values)))
""",
    "item": f"""{SEED}
prices = [int(price) for price in rng.integers(10, 99, size=5)]
assert Item(prices[0]) == Item(prices[0], "pen") and Item(1) != Item(2) and Item(1) < Item(2)
found = cheapest([Item(price) for price in prices])
assert isinstance(found, Item) and found.price == min(prices) and found == Item(min(prices))
""",
    "timer": """with Timer() as timer:
    assert timer.is_on is True
assert timer.is_on is False
with Timer():
    assert sum(range(3)) == 3
""",
    # A list inside an object, a text that is evaluated, members of enums.
    "ledger": f"""{SEED}
amounts = [int(amount) for amount in rng.integers(10, 99, size=5)]
ledger = Ledger()
entries = ledger.entries
for amount in amounts:
    ledger.add(amount)
assert ledger.entries == amounts and entries == amounts and ledger.total == sum(amounts)
entries.append(7)
assert ledger.entries == [*amounts, 7]
""",
    "formula": f"""{SEED}
for x in [int(value) for value in rng.integers(2, 99, size=4)]:
    expected = 3 * x**2 + x
    assert eval(formula, {{"x": x}}) == expected
""",
    "shade": """assert [shade.name for shade in Shade] == ["DARK", "LIGHT"]
assert Shade.LIGHT.level == 7 and Shade.DARK.width == 2
assert lightest([Shade.DARK, Shade.LIGHT]) is Shade.LIGHT
assert join([Side.LEFT, Side.RIGHT]) == Side.LEFT | Side.RIGHT and Side.LEFT in join([])
""",
    **crossings.TESTS,
}


def source() -> NotebookNode:
    """The instructor's notebook."""
    return submission(SOLUTION)


def submission(answers: Mapping[str, str]) -> NotebookNode:
    """A student's notebook with these answers; the others are left as they were given out."""
    cells = []
    if "start" in answers:
        cells.append(new_code_cell(answers["start"]))
    for name in QUESTIONS:
        answer = answers.get(name, "# YOUR CODE HERE\nraise NotImplementedError()")
        cells.append(_cell(answer, f"{name}_answer", grade=False, solution=True))
        cells.append(_cell(TESTS[name], name, grade=True, solution=False, points=1))
    if "end" in answers:
        cells.append(new_code_cell(answers["end"]))
    return new_notebook(cells=cells)


def _cell(source: str, grade_id: str, **mark: object) -> NotebookNode:
    about = {"grade_id": grade_id, "schema_version": 3, "locked": not mark["solution"], **mark}
    return new_code_cell(source, metadata={"nbgrader": about})
