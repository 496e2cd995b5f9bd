"""The sandbox, limits, lost kernels, and what a run leaves behind: with a real engine."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from autograder.engine.engine import Engine
from autograder.engine.wire.limits import Limits
from autograder.engine.wire.note import NoteKind
from autograder.engine.wire.question_verdict import QuestionVerdict
from autograder.errors import AutograderError
from tests.autograder.engine.judge import grade, judge, only

# Looked for among all processes of the machine: no other has this one.
SLEEP = f"sleep 300.{os.getpid()}"


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
    kinds = [note.kind for note in graded.notes if note.kind is not NoteKind.ISOLATION]
    assert kinds == [NoteKind.IN_KERNEL]


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
        weak = [note.text for note in graded.notes if note.kind is NoteKind.ISOLATION]
        # Walled in without a control group, a submission is weak in one respect only.
        others = [text for text in weak if "no control group" not in text]
        assert bool(others) == (wanted == "none")
    assert SLEEP not in _commands()


def test_an_unknown_isolation(tmp_path: Path) -> None:
    with pytest.raises(AutograderError, match="auto, bwrap or none"):
        Engine(isolation="docker")


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
