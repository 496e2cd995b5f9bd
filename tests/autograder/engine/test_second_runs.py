"""What a second run of a submission may change, and when there is one."""

from __future__ import annotations

import threading
import time

import pytest

from autograder.engine.engine import Engine
from autograder.engine.supervision import Supervision
from autograder.engine.turns import Turns
from autograder.engine.wire.limits import Limits
from autograder.engine.wire.question_verdict import QuestionVerdict, Status
from tests.autograder.engine.judge import grade

# It waits for a processor because its own processes keep all of them.
CROWD = """
import os, time
for _ in range(24):
    if os.fork() == 0:
        end = time.time() + 12
        while time.time() < end: pass
        os._exit(0)
os.nice(19)
while True: pass
"""


@pytest.fixture
def supervisions(monkeypatch: pytest.MonkeyPatch) -> list[Supervision]:
    """Grows with each run of a submission."""
    made: list[Supervision] = []
    run = Supervision.run

    def keep(self: Supervision, *arguments: object) -> object:
        made.append(self)
        return run(self, *arguments)

    monkeypatch.setattr(Supervision, "run", keep)
    return made


def test_a_killed_kernel_makes_no_earlier_mark_better(
    engine: Engine, supervisions: list[Supervision]
) -> None:
    # Right after the second coin toss only: what was judged before the kill stands.
    toss = "import random\nanswer = random.SystemRandom().random()"
    kill = "import os\nos.kill(os.getpid(), 9)"
    graded = grade(engine, toss, ("assert answer < 0", 1), kill, ("x = 1", 1))
    first, second = supervisions
    assert first.was_disturbed and list(first.verdicts.standing) == ["q1"]
    assert second.verdicts.earlier == first.verdicts.standing
    assert [question.score for question in graded.questions] == [0, 1]


def test_a_standing_verdict_is_the_most_that_a_question_gets(engine: Engine) -> None:
    failed = QuestionVerdict("q1", 0.0, 1.0, Status.FAILED, "before")
    run = Supervision.run

    def run_with(self: Supervision, *arguments: object) -> object:
        self.verdicts.earlier = {"q1": failed}
        return run(self, *arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Supervision, "run", run_with)
        graded = grade(engine, "x = 1", ("assert x == 1", 1), ("assert x == 1", 1))
    assert [(q.score, q.message) for q in graded.questions] == [(0, "before"), (1, "")]


@pytest.mark.slow
def test_a_crowd_of_its_own_buys_no_second_run(
    engine: Engine, supervisions: list[Supervision]
) -> None:
    limits = Limits(cell_seconds=3, seconds=60, memory_mb=3000)
    graded = grade(engine, CROWD, ("assert x == 1", 1), limits=limits)
    assert graded.questions[0].score == 0
    assert len(supervisions) == 1


def test_a_turn_alone_is_beside_no_other() -> None:
    turns, running, seen = Turns(), [], []

    def share() -> None:
        with turns.share():
            running.append(1)
            time.sleep(0.1)
            running.pop()

    def take() -> None:
        with turns.take():
            seen.append(len(running))
            time.sleep(0.1)
            seen.append(len(running))

    threads = [threading.Thread(target=target) for target in [share, share, take, share, take] * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert seen == [0] * 8
