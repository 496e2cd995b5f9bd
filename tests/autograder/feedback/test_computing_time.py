"""Endless work is stopped; waiting costs nothing."""

from __future__ import annotations

import signal
import time

import pytest

from autograder.feedback.computing_time import ComputingTime, TimeLimitExceeded


def endless() -> None:
    """Like a parser that catches every exception."""
    while True:
        try:
            sum(range(1000))
        except Exception:
            continue


def test_work_is_stopped_and_the_next_has_its_own_time() -> None:
    before = signal.getsignal(signal.SIGVTALRM)
    page = ComputingTime(60)
    for _ in range(2):
        with pytest.raises(TimeLimitExceeded), page.limit(0.05):
            endless()
    with page.limit(0.05):
        done = True
    assert done and signal.getsignal(signal.SIGVTALRM) == before
    assert signal.getitimer(signal.ITIMER_VIRTUAL)[0] == 0


def test_no_work_starts_without_time_left() -> None:
    page, begun = ComputingTime(0.05), 0
    for _ in range(3):
        with pytest.raises(TimeLimitExceeded), page.limit(60):
            begun += 1
            endless()
    assert begun == 1


def test_a_stopped_piece_uses_up_its_time_even_when_the_clock_is_behind() -> None:
    page = ComputingTime(0.05)
    with pytest.raises(TimeLimitExceeded), page.limit(60):
        raise TimeLimitExceeded
    with pytest.raises(TimeLimitExceeded), page.limit(60):
        pytest.fail("work has started")


def test_waiting_costs_nothing() -> None:
    with ComputingTime(0.2).limit(0.2):
        time.sleep(0.4)


def test_an_error_passes_through() -> None:
    with pytest.raises(ValueError, match="of the work"), ComputingTime(1).limit(1):
        raise ValueError("of the work")
