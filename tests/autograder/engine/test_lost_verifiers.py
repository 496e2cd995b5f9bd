"""A verifier that crashes or hangs costs its question, and no second run follows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from autograder.engine.engine import Engine
from autograder.engine.supervision import Supervision
from autograder.engine.wire.limits import Limits
from tests.autograder.engine.judge import grade

HELPER = "\ndef is_right(given, wanted):\n    return given == wanted\n"
LATER = ("assert is_right(g(3), 4)", 1)
FORGED = "def is_right(*values): return True\ndef g(x): return x + {}\n"


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Grows with each run of a submission; one of them, where nothing came from outside."""
    made: list[str] = []
    run = Supervision.run

    def count(self: Supervision, *arguments: object) -> object:
        made.append("run")
        return run(self, *arguments)

    monkeypatch.setattr(Supervision, "run", count)
    yield made


def test_a_crash_costs_its_question(engine: Engine, runs: list[str]) -> None:
    answer = "def f(): return 0\n"
    crash = ("import ctypes\nctypes.string_at(f())" + HELPER, 1)
    for added, points in ((1, 1), (2, 0)):
        graded = grade(engine, answer + FORGED.format(added), crash, LATER, "x = 1", ("x", 1))
        assert [question.score for question in graded.questions] == [0, points, 1]
        assert "the verifier ended" in graded.questions[0].message
    assert runs == ["run"] * 2


def test_one_long_call_ends_at_the_limit_of_the_test(engine: Engine, runs: list[str]) -> None:
    # All these integers have the same hash: a set compares each with all before it, in C.
    answer = "def f(): return [n * (2**61 - 1) for n in range(600_000)]\n"
    slow = ("assert len(set(f())) == 600_000" + HELPER, 1)
    limits = Limits(cell_seconds=8, seconds=120, memory_mb=2000)
    graded = grade(engine, answer + FORGED.format(1), slow, LATER, limits=limits)
    stopped, later = graded.questions
    assert (stopped.status, later.score) == ("timeout", 1)
    assert stopped.message.startswith("the test q1 ran longer than 8 s")
    assert graded.seconds < 60 and runs == ["run"]


@pytest.mark.parametrize(
    "answer",
    [
        "agent.send_frame = lambda sock, payload, deadline=None: sock.sendall(b'?' * 20)",
        "agent.send_frame = lambda sock, payload, deadline=None: sock.close()",
        "import os\nos._exit(0)",
        "import os\nfor number in range(1, 32): os.kill(1, number)",
        "import resource\nresource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))",
    ],
)
def test_a_submission_cannot_have_a_second_run(
    engine: Engine, runs: list[str], answer: str
) -> None:
    graded = grade(engine, f"from autograder.engine.student import agent\n{answer}", ("f(1)", 1))
    assert graded.questions[0].score == 0
    assert runs == ["run"]
