"""The whole engine: real sandbox, real kernels, real verifiers."""

from __future__ import annotations

from pathlib import Path

import pytest
from nbformat.v4 import new_markdown_cell
from nbgrader.utils import determine_grade, is_grade

from autograder.engine.engine import Engine
from autograder.engine.wire.limits import Limits
from autograder.engine.wire.question_verdict import QuestionVerdict
from tests.autograder.engine.judge import grade, judge, mark, notebook, only


def test_a_test_cell_of_the_submission_never_runs(engine: Engine, tmp_path: Path) -> None:
    written = tmp_path / "written"
    source = notebook("x = 1", ("assert x == 2", 1))
    submitted = notebook("x = 1", (f"open({str(written)!r}, 'w').close()", 1))
    graded = engine.grade(submitted, source, 7)
    assert (only(graded).score, only(graded).status) == (0, "failed")
    assert not written.exists() and graded.notebook.cells[1].source == "assert x == 2"


@pytest.mark.parametrize(
    ("answer", "test"),
    [
        ("x = [1, 2.5, 'a', None, (True, b'b'), {'k': {1, 2}}]",
         "assert x == [1, 2.5, 'a', None, (True, b'b'), {'k': {1, 2}}] and type(x) is list"),
        ("import numpy as np\nx = np.arange(6, dtype='int16').reshape(2, 3).T",
         "assert x.shape == (3, 2) and x.dtype == 'int16' and x[2, 1] == 5"),
        ("from collections import OrderedDict\nx = OrderedDict(a=1)",
         "from collections import OrderedDict\nassert type(x) is OrderedDict"),
        ("import tensorflow as tf\nx = tf.constant([1.0, 2.0])",
         "import tensorflow as tf\nassert tf.is_tensor(x) and x.numpy().sum() == 3"),
        ("def f(x, *, scale: float = 2.0):\n    'Twice.'\n    return x * scale",
         "import inspect, types\n"
         "assert callable(f) and isinstance(f, types.FunctionType) and f.__doc__ == 'Twice.'\n"
         "assert list(inspect.signature(f).parameters) == ['x', 'scale']\n"
         "assert inspect.signature(f).parameters['scale'].default == 2.0\n"
         "assert f(2) == 4.0 and f(2, scale=3) == 6"),
        ("def f(x): raise ValueError(f'bad {x}')",
         "try:\n    f(1)\nexcept ValueError as error:\n    assert str(error) == 'bad 1'\n"
         "else:\n    assert False"),
        ("class P:\n    def __init__(self, n): self.n = n\n    def twice(self): return 2 * self.n",
         "p = P(3)\nassert p.n == 3 and p.twice() == 6"),
        ("def count():\n    n = 0\n    while True:\n        yield n\n        n += 1",
         "from itertools import islice\nassert list(islice(count(), 3)) == [0, 1, 2]"),
        ("def apply(f, x): return f(x)\ndef g(x): return x + 1", "assert apply(g, 1) == 2"),
        ("import math as m\nradius = 2", "assert round(m.pi * radius, 2) == 6.28"),
        ("def f(x):\n    x[0] = 9\n    return x[0]",
         "import numpy as np\na = np.zeros(2)\nassert f(a) == 9 and a[0] == 9"),
        ("x = 3", "assert 'x' in globals() and 'y' not in globals()"),
    ],
)  # fmt: skip
def test_values_and_functions_cross(engine: Engine, answer: str, test: str) -> None:
    assert judge(engine, answer, test) == QuestionVerdict("q1", 1.0, 1.0, "passed")


MODEL = """
import keras
import numpy as np
keras.utils.set_random_seed(0)
x, y = np.eye(4, dtype="float32"), np.array([0, 1, 0, 1])
inputs = keras.Input((4,))
hidden = keras.layers.Dense(3, activation="relu", name="hidden")(inputs)
both = keras.layers.Concatenate()([hidden, inputs * 2.0])
model = keras.Model(inputs, keras.layers.Dense(2)(keras.layers.Dropout(0.5)(both)))
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
model.compile(optimizer=keras.optimizers.Adam(0.01), loss=loss, metrics=["accuracy"])
history = model.fit(x, y, epochs=3, verbose=0)
predicted = model.predict(x, verbose=0)
measured = model.evaluate(x, y, verbose=0)
"""
MODEL_TEST = """
import keras
import numpy as np
x, y = np.eye(4, dtype="float32"), np.array([0, 1, 0, 1])
assert isinstance(model, keras.Model)
assert model.get_layer("hidden").get_config()["units"] == 3
assert [type(layer).__name__ for layer in model.layers][1] == "Dense"
assert len(history.history["loss"]) == 3 and history.epoch == [0, 1, 2]
np.testing.assert_allclose(model.predict(x, verbose=0), predicted, rtol=1e-5)
np.testing.assert_allclose(model.evaluate(x, y, verbose=0), measured, rtol=1e-5)
assert float(model.optimizer.learning_rate.numpy()) == np.float32(0.01)
assert int(model.optimizer.iterations.numpy()) == 3
model.fit(x, y, epochs=1, verbose=0)
"""


def test_a_model_is_rebuilt_with_weights_compile_state_and_optimizer(engine: Engine) -> None:
    assert judge(engine, MODEL, MODEL_TEST).message == ""


def test_a_model_of_the_students_own_class_stays_behind_a_handle(engine: Engine) -> None:
    answer = """
import keras
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.body = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    def call(self, x): return self.body(x)
net = Net()
"""
    test = "import numpy as np\nassert net(np.ones((3, 2))).shape == (3, 1)\n"
    assert judge(engine, answer, test + "assert net.body.count_params() == 3").status == "passed"
    is_model = "import keras\nassert isinstance(net, keras.Model)\n"
    assert judge(engine, answer, test + is_model + "assert net.count_params() == 3").score == 1
    refused = judge(engine, answer, "net.layers")
    assert refused.status == "error" and "a subclassed model (class Net)" in refused.message


def test_partial_credit_as_in_nbgrader(engine: Engine) -> None:
    graded = grade(engine, "x = 1", ("1.5", 2), ("x", 2), ("'text'", 2), ("5", 2), ("-1.0", 2))
    assert [q.score for q in graded.questions] == [1.5, 1.0, 2.0, 0.0, 0.0]


def test_a_test_that_ends_with_nan_gives_no_points(engine: Engine) -> None:
    assert judge(engine, "x = float('nan')", "3 * x", 3).score == 0


def test_written_answers_wait_for_a_person(engine: Engine) -> None:
    written = new_markdown_cell("because", metadata=mark("why", 3, solution=True))
    assert only(grade(engine, written)) == QuestionVerdict("why", 0.0, 3.0, "manual")


def test_test_cells_share_their_names_and_the_student_cannot_take_them(engine: Engine) -> None:
    graded = grade(
        engine,
        "def check(x): return True\nabs = check\nclass np: allclose = check",
        ("import math\ndef check(x): assert x == 1", 1),
        ("check(abs(-1))\nassert math.pi > 3", 1),
        ("check(2)", 1),
    )
    assert [q.status for q in graded.questions] == ["passed", "passed", "failed"]


def test_the_order_of_the_notebook_is_kept(engine: Engine) -> None:
    graded = grade(engine, "x = 1", ("assert x == 1", 1), "x = 2", ("assert x == 2", 1))
    assert [q.status for q in graded.questions] == ["passed", "passed"]


def test_notebooks_run_as_in_class(engine: Engine) -> None:
    graded = grade(
        engine,
        "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()",
        "!echo from the shell",
        "import sys, warnings\nwarnings.warn('w'); print('err', file=sys.stderr)\nx = %sql",
        "x = 1\nx",
        ("import sys\nprint('w', file=sys.stderr)\nassert x == 1", 1),
    )
    plot, shell, broken, value, test = (cell.outputs for cell in graded.notebook.cells)
    assert any("image/png" in output.get("data", {}) for output in plot)
    assert shell[0].text.strip() == "from the shell"
    assert {output.name for output in broken} == {"stderr"}
    assert value[0].data["text/plain"] == "1"
    # nbgrader would take a question's points for stderr in its cell.
    assert [output.name for output in test] == ["stdout"]
    assert only(graded).status == "passed"


@pytest.mark.slow
@pytest.mark.parametrize(
    "cells, limits",
    [
        (["import time; time.sleep(2.5)"] * 2 + [("assert True", 2)], Limits(seconds=4)),
        (
            ["def f(): return range(10**14)", ("assert sum(f()) == 6", 2)],
            Limits(seconds=20, cell_seconds=1),
        ),
        (["x = float('nan')", ("x", 2)], None),
        (["x = 50.0", ("x", 2)], None),
    ],
    ids=["no time left", "the verifier hangs", "nan points", "50 points of 2"],
)
def test_nbgrader_reads_no_points_where_there_are_none(
    engine: Engine, cells: list, limits: Limits | None
) -> None:
    graded = grade(engine, *cells, **({"limits": limits} if limits else {}))
    assert only(graded).score == 0
    (test,) = (cell for cell in graded.notebook.cells if is_grade(cell))
    assert determine_grade(test) == (0, 2)
    assert only(graded).message in test.outputs[-1].evalue


def test_a_part_of_the_points_is_read_by_nbgrader(engine: Engine) -> None:
    graded = grade(engine, "x = 0.5", ("x", 2))
    assert only(graded).score == 0.5
    (test,) = (cell for cell in graded.notebook.cells if is_grade(cell))
    assert determine_grade(test) == (0.5, 2)


def test_an_empty_array_is_close_to_no_numbers(engine: Engine) -> None:
    tests = [
        "import numpy as np\nassert np.allclose(f(), [1, 2])",
        "import numpy as np\nassert np.isclose([1, 2], f()).all()",
        "import numpy as np\nassert np.array_equiv(f(), [1, 2])",
        "import numpy as np\nnp.testing.assert_allclose(f(), 1)",
        "import numpy as np\nassert np.allclose(f(), np.empty((0, 3))) and np.allclose([1], 1)",
    ]
    student = "import numpy as np\ndef f(): return np.empty((0, 1))"
    graded = grade(engine, student, *((test, 1) for test in tests))
    assert [question.score for question in graded.questions] == [0, 0, 0, 0, 1]
