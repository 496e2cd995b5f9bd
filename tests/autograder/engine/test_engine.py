"""The whole engine: real sandbox, real kernels, real verifiers."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.utils import determine_grade, is_grade

from autograder.engine.engine import Engine
from autograder.engine.judged_notebook import JudgedNotebook
from autograder.engine.wire.limits import Limits
from autograder.engine.wire.note import NoteKind
from autograder.engine.wire.question_verdict import QuestionVerdict
from autograder.errors import AutograderError

# Looked for among all processes of the machine: no other has this one.
SLEEP = f"sleep 300.{os.getpid()}"


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine(Limits(memory_mb=2000), environment={"COURSE_PROFILE": "quick"}) as engine:
        yield engine


def mark(grade_id: str, points: float = 1, *, grade: bool = True, solution: bool = False) -> dict:
    about = {"grade_id": grade_id, "grade": grade, "solution": solution, "points": points}
    return {"nbgrader": {**about, "locked": not solution, "schema_version": 3}}


def notebook(*cells: str | tuple[str, float] | NotebookNode) -> NotebookNode:
    """A string is a cell of the student's; (string, points) a test, with the ids q1, q2, …."""
    made, tests = [], 0
    for cell in cells:
        if isinstance(cell, tuple):
            tests += 1
            made.append(new_code_cell(cell[0], metadata=mark(f"q{tests}", cell[1])))
        else:
            made.append(new_code_cell(cell) if isinstance(cell, str) else cell)
    return new_notebook(cells=made)


def grade(engine: Engine, *cells: object, **options: object) -> JudgedNotebook:
    made = notebook(*cells)
    return engine.grade(made, made, 7, **options)


def only(graded: JudgedNotebook) -> QuestionVerdict:
    (question,) = graded.questions
    return question


def judge(engine: Engine, answer: str, test: str, points: float = 1) -> QuestionVerdict:
    return only(grade(engine, answer, (test, points)))


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
        ("from collections import OrderedDict\nx = OrderedDict(a=1)", "assert type(x) is dict"),
        ("import tensorflow as tf\nx = tf.constant([1.0, 2.0])",
         "import numpy as np\nassert type(x) is np.ndarray and x.sum() == 3"),
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
         "import numpy as np\na = np.zeros(2)\nassert f(a) == 9 and a[0] == 0"),
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
    refused = judge(engine, answer, "import keras\nassert isinstance(net, keras.Model)")
    assert refused.status == "error" and "did not come by value" in refused.message


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


def test_files_lie_beside_the_notebook_and_the_seed_stays_outside(engine: Engine) -> None:
    graded = grade(
        engine,
        "import os\nread = open('data/x.txt').read()\nseed = os.environ.get('AUTOGRADER_SEED')",
        ("from course_lib.testing import hidden_seed\nassert read == 'hi' and seed is None\n"
         "assert hidden_seed() == 7", 1),
        files={"data/x.txt": b"hi", "../out.txt": b"no"},
    )  # fmt: skip
    assert only(graded).message == ""


def test_the_sandbox_shows_nothing_of_the_machine(engine: Engine) -> None:
    if not engine.isolation.startswith("bwrap"):
        pytest.skip(f"no sandbox here: {engine.isolation_reason}")
    answer = f"""
import os, socket
course = os.path.exists({str(Path(__file__).resolve())!r})
processes = [int(name) for name in os.listdir("/proc") if name.isdigit()]
variables = sorted(os.environ)
def writes(folder):
    try: open(os.path.join(folder, "x"), "w").close()
    except OSError: return False
    return True
writable = [f for f in ("/", "/usr", "/etc", os.path.dirname(os.__file__)) if writes(f)]
def connects():
    try: socket.create_connection(("127.0.0.1", 22), 1)
    except OSError as error: return str(error)
network = connects()
"""
    test = """
assert not course and not writable and network
assert max(processes) < 50, processes
assert not [name for name in variables if "AUTOGRADER" in name or "TOKEN" in name]
"""
    assert judge(engine, answer, test).message == ""


def test_a_lost_kernel_is_replaced_and_earlier_cells_are_run_again(engine: Engine) -> None:
    graded = grade(
        engine,
        "x = 5",
        "import os\nos._exit(3)",
        ("assert y == 1", 1),
        ("assert x == 5", 1),
    )
    lost, kept = graded.questions
    assert (lost.status, kept.status) == ("limit", "passed")
    assert lost.message.startswith("cell 2 ended the kernel: exit code 3")
    assert graded.notes


def test_limits_are_named(engine: Engine) -> None:
    limits = Limits(cell_seconds=2, seconds=30, memory_mb=900)
    cells = ["while True: pass", ("f()", 1), "x = bytearray(b'x' * (1 << 20)) * 2000", ("g()", 1)]
    slow, large = grade(engine, *cells, limits=limits).questions
    assert slow.status == "timeout" and slow.message.startswith("cell 1 ran longer than 2 s")
    assert large.status in ("limit", "error")


def test_the_time_of_a_notebook_is_bounded(engine: Engine) -> None:
    sleepy = "import time\ntime.sleep(10)"
    started = time.monotonic()
    graded = grade(engine, sleepy, ("a", 1), sleepy, ("b", 1), limits=Limits(seconds=3))
    assert time.monotonic() - started < 30
    assert all(q.score == 0 and q.message for q in graded.questions)


def test_a_test_may_run_in_the_kernel_when_the_instructor_says_so(engine: Engine) -> None:
    graded = grade(engine, "def f(): return 1", ("assert 'def f' in In[1]", 1), in_kernel=["q1"])
    assert only(graded).status == "passed"
    assert [note.kind for note in graded.notes] == [NoteKind.IN_KERNEL]


def test_threads_share_an_engine(engine: Engine) -> None:
    def one(number: int) -> QuestionVerdict:
        return judge(engine, f"x = {number}", f"assert x == {number}")

    with ThreadPoolExecutor(3) as pool:
        assert all(verdict.status == "passed" for verdict in pool.map(one, range(6)))


def test_nothing_is_left_behind(engine: Engine) -> None:
    grade(engine, f"!{SLEEP} &", ("pass", 1))
    folder = engine._folder
    assert list(folder.iterdir()) == []
    assert SLEEP not in _commands()


@pytest.mark.slow
@pytest.mark.parametrize("isolation", ["none", "bwrap, one start a submission"])
def test_weaker_isolations_grade_the_same(isolation: str, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = "none"
    if isolation != "none":
        # As where a fork is refused its namespaces.
        monkeypatch.setattr("autograder.engine.host.sandbox._variants", list)
        wanted = "auto"
    with Engine(Limits(), wanted) as engine:
        if isolation not in engine.isolation:
            pytest.skip(engine.isolation_reason)
        graded = grade(
            engine, "def f(x): return x + 1", ("assert f(1) == 2", 1), "import os\nos._exit(1)",
            ("assert f(2) == 3", 1), f"!{SLEEP} &", ("pass", 1),
        )  # fmt: skip
        assert [q.status for q in graded.questions] == ["passed"] * 3
        weak = any(note.kind is NoteKind.ISOLATION for note in graded.notes)
        assert weak == (wanted == "none")
    assert SLEEP not in _commands()


def test_an_unknown_isolation(tmp_path: Path) -> None:
    with pytest.raises(AutograderError, match="auto, bwrap or none"):
        Engine(isolation="docker")


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


@pytest.mark.slow
def test_a_killed_grader_leaves_nothing(tmp_path: Path) -> None:
    script = tmp_path / "grade.py"
    script.write_text(
        "from nbformat.v4 import new_code_cell, new_notebook\n"
        "from autograder.engine.engine import Engine\n"
        "notebook = new_notebook(cells=[new_code_cell('import time\\ntime.sleep(240)')])\n"
        "with Engine() as engine:\n"
        "    print(engine._folder, flush=True)\n"
        "    engine.grade(notebook, notebook, 1)\n"
    )
    process = subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True)
    folder = Path(process.stdout.readline().strip())
    assert folder.parent == Path(tempfile.gettempdir())
    _wait_until(lambda: any(folder.glob("*/k-1")))
    time.sleep(1)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    _wait_until(lambda: not folder.exists() and str(folder) not in _commands())


def _commands() -> str:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found.append(path.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
        except OSError:
            continue
    return "\n".join(found)


def _wait_until(condition: object, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "the condition did not become true"
        time.sleep(0.1)
