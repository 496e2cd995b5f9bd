"""Answers that a test would believe although they hold no numbers, or not those that it means."""

from __future__ import annotations

import pytest

from autograder.engine.engine import Engine
from tests.autograder.engine.judge import judge

EMPTY = "import numpy as np\ndef f(x): return np.empty((0,) + x.shape)"
NOTHING = "def f(x): return []"
NAN = "import numpy as np\ndef f(x): return np.where(x > 3, np.nan, 2 * x)"
START = "import numpy as np\nx = np.arange(12.0).reshape(3, 4)\n"
MODEL = """
import keras
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
              metrics=[keras.metrics.SparseTopKCategoricalAccuracy(k=3, name="accuracy")])
"""
HISTORY = """
import keras
history = keras.callbacks.History()
history.history, history.epoch = {"accuracy": [0.99] * 5}, list(range(5))
"""


@pytest.mark.parametrize(
    ("answer", "test"),
    [
        (EMPTY, "assert np.linalg.norm(f(x) - 2 * x) < 1e-6"),
        (EMPTY, "assert (np.abs(np.asarray(f(x)) - 2 * x) < 1e-6).all()"),
        (EMPTY, "assert np.sum((np.array(f(x), dtype=float) - 2 * x) ** 2) < 1e-6"),
        (EMPTY, "assert not (np.abs(f(x) - 2 * x) > 1e-6).any()"),
        (EMPTY, "assert (f(x) >= 0).all()"),
        (EMPTY, "import tensorflow as tf\nassert tf.reduce_all(tf.abs(tf.constant(f(x)) - x) < 1)"),
        (EMPTY, "import keras\nassert keras.ops.all(keras.ops.abs(f(x) - x) < 1)"),
        (NAN, "assert not (np.abs(f(x) - 2 * x) > 1e-6).any()"),
        (NAN, "assert not np.max(np.abs(f(x) - 2 * x)) > 1e-6"),
        ("import numpy as np\ndef f(x): return np.float16(142.86)", "assert f(x) == 142.8747"),
        (
            "import numpy as np\ndef f(x): return np.full(3, 142.86, 'float16')",
            "assert (f(x) == 142.8747).all()",
        ),
        (MODEL, "assert model.evaluate(x, [0, 1, 2], verbose=0)[1] > 0.9"),
        (NOTHING, "for a, b in zip(f(x), [1, 2, 3]): assert a == b"),
        (NOTHING, "for n, (a, b) in enumerate(zip([1, 2, 3], f(x))): assert a == b"),
        (NOTHING, "assert all(abs(a - b) < 1e-6 for a, b in zip(f(x), x.ravel()))"),
        (NOTHING, "assert all(map(lambda pair: pair[0] == pair[1], zip(f(x), [1, 2])))"),
        ("f = lambda x: {}", "for a, b in zip(f(x).values(), [1, 2]): assert a == b"),
        ("f = lambda x: ''", "for a, b in zip(f(x), 'word'): assert a == b"),
        (HISTORY, "assert history.history['accuracy'][-1] > 0.9"),
        (HISTORY, "assert history['accuracy'][-1] > 0.9"),
    ],
)
def test_a_comparison_with_nothing_fails(engine: Engine, answer: str, test: str) -> None:
    assert judge(engine, answer, START + test).score == 0


@pytest.mark.parametrize(
    "read",
    [
        "assert 'sorted' not in f.__code__.co_names",
        "assert getattr(f, '__code__')",
        "import dis\nassert list(dis.get_instructions(f))",
    ],
)
def test_the_code_of_a_function_is_not_shown(engine: Engine, read: str) -> None:
    verdict = judge(engine, "def f(x): return sorted(x)", read)
    assert verdict.score == 0 and "code of `f`" in verdict.message
    assert "compare what the function returns" in verdict.message


@pytest.mark.parametrize(
    ("answer", "test"),
    [
        ("import numpy as np\nf = lambda x: np.flatnonzero(x > 99)", "assert f(x).size == 0"),
        (
            "import numpy as np\nf = lambda x: np.flatnonzero(x > 99)",
            "np.testing.assert_array_equal(f(x), np.flatnonzero(x > 99))",
        ),
        ("def f(x): return x.astype('float32')", "assert f(x).dtype == 'float32'"),
        (NAN, "assert np.isnan(f(x)).sum() == 8"),
        ("def f(x): return []", "assert list(zip(f(x), [], strict=True)) == []"),
        ("def f(x): return [1]", "assert list(zip(f(x), f(x)[1:])) == []"),
        ("def f(x): return iter([1])", "assert list(zip(f(x), [1, 2])) == [(1, 1)]"),
        (
            "def f(x, y=2): return y",
            "import inspect\nassert len(inspect.signature(f).parameters) == 2",
        ),
        (
            "import keras, numpy as np\n"
            "m = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])\n"
            "m.compile('adam', 'mse', metrics=['mae'])\n"
            "h = m.fit(np.ones((1, 4)), np.ones((1, 1)), epochs=2, verbose=0)",
            "assert len(h.history['mae']) == 2 and len(m.evaluate(x, x[:, :1], verbose=0)) == 2",
        ),
    ],
)
def test_honest_answers_of_the_same_kinds(engine: Engine, answer: str, test: str) -> None:
    verdict = judge(engine, answer, START + test)
    assert verdict.score == 1, verdict.message
