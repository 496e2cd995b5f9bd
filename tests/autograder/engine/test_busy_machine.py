"""Right work is not late because other programs keep the machine busy."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from autograder.engine.engine import Engine
from autograder.engine.wire.deadline import MAX_STRETCH, Deadline, WaitingTime
from autograder.engine.wire.limits import Limits
from tests.autograder.engine.judge import grade, judge, only

LIMIT = 3.0
SPIN = "import time\nend = time.monotonic() + 600\nwhile time.monotonic() < end: pass"
# Computes for a fixed time of a processor, however long that takes.
WORK = f"""
import time
def work(seconds={LIMIT / 2}):
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass
    return 42
"""


@pytest.fixture(scope="module")
def hasty_engine() -> Iterator[Engine]:
    limits = Limits(cell_seconds=LIMIT, call_seconds=LIMIT, seconds=60, memory_mb=2000)
    with Engine(limits) as engine:
        yield engine


@pytest.fixture
def busy() -> Iterator[None]:
    """Three programs for each processor, which do nothing but compute."""
    number = 3 * (os.cpu_count() or 1)
    hogs = [subprocess.Popen([sys.executable, "-c", SPIN]) for _ in range(number)]
    try:
        yield
    finally:
        for hog in hogs:
            hog.kill()
            hog.wait()


@pytest.mark.slow
@pytest.mark.usefixtures("busy")
def test_calls_and_cells_have_their_time_on_a_busy_machine(hasty_engine: Engine) -> None:
    called = judge(hasty_engine, WORK, "assert work() == 42")
    assert called.score == 1, called.message
    in_cell = judge(hasty_engine, WORK + "answer = work()", "assert answer == 42")
    assert in_cell.score == 1, in_cell.message


@pytest.mark.slow
@pytest.mark.parametrize("wait", ["time.sleep(600)", "work(600)"])
def test_what_sleeps_or_never_ends_is_stopped(hasty_engine: Engine, wait: str) -> None:
    began = time.monotonic()
    in_cell = only(grade(hasty_engine, f"{WORK}\n{wait}\nanswer = 1", ("assert answer == 1", 1)))
    called = judge(hasty_engine, f"{WORK}\ndef f(): {wait}", "f()")
    assert (in_cell.status, called.status) == ("timeout", "timeout")
    assert "ran longer than 3 s" in called.message
    assert time.monotonic() - began < 60


def test_a_deadline_stretches_only_so_far() -> None:
    waiting = WaitingTime()
    deadline = Deadline(0.05, waiting)
    waiting.last = 1e9  # as if all threads had waited since ever
    time.sleep(0.06)
    assert deadline.measure_left() > 0
    time.sleep(0.05 * MAX_STRETCH)
    assert deadline.measure_left() <= 0


def test_a_deadline_of_something_idle_does_not_stretch() -> None:
    waiting = WaitingTime()
    waiting.follow(os.getpid())
    deadline = Deadline(0.05, waiting).shorten(10)
    time.sleep(1)  # longer than this process itself may wait for a core
    assert deadline.measure_left() <= 0
