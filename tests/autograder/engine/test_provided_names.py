"""Names that the grader or an import gives to the tests are never put in place of the student's."""

from __future__ import annotations

import pytest

from autograder.engine.engine import Engine
from tests.autograder.engine.judge import judge

ANSWERS = {
    "zip": (
        "import keras\n"
        "class Sums:\n    def __init__(self):\n"
        "        self.sums = [keras.metrics.Sum(), keras.metrics.Sum()]\n"
        "    def add(self, *values):\n"
        "        for one, value in zip(self.sums, values, strict=True):\n"
        "            one.update_state(value)\n"
        "        return [float(one.result()) for one in self.sums]\n"
        "def f(a, b):\n    return Sums().add(a[0] * b[0], a[1] * b[1])"
    ),
    "zip of generators": (
        "def count():\n    yield from (1, 1)\n"
        "def f(a, b):\n    return [x * y * n for x, y, n in zip(a, b, count(), strict=True)]"
    ),
    "display": "def f(a, b):\n    display(a)\n    return [a[0] * b[0], a[1] * b[1]]",
    "a function": "from math import prod\ndef f(a, b):\n    return [prod(p) for p in zip(a, b)]",
    "a class": (
        "from keras.layers import Multiply\ndef f(a, b):\n"
        "    out = Multiply()([np.array([a]), np.array([b])])\n    return [int(n) for n in out[0]]"
    ),
}
TEST = """
from keras.layers import Multiply
from math import prod
for given, wanted in zip(f([1, 2], [3, 4]), [3, 8], strict=True):
    assert given == wanted
assert f([1, 2], [3, 4]) == [3, 8], f([1, 2], [3, 4])
"""


@pytest.mark.parametrize("name", ANSWERS)
def test_the_answer_keeps_its_own(engine: Engine, name: str) -> None:
    verdict = judge(engine, f"import numpy as np\n{ANSWERS[name]}", TEST)
    assert verdict.score == 1, verdict.message
