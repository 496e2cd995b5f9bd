"""A submission that takes all processors costs its neighbour no marks."""

from __future__ import annotations

import json
import shutil
import sys

import pytest

from tests.redteam.lab import QUESTIONS
from tests.redteam.ordinary_user import find_python, run

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(shutil.which("bwrap") is None, reason="needs bubblewrap"),
]


FULL_MARKS = dict.fromkeys(QUESTIONS, 1.0)


def grade_beside(python: list[str], *kinds: str) -> dict[str, dict[str, float]]:
    done = run(python, "tests.redteam.beside_a_hog", *kinds)
    assert done.returncode == 0, done.stderr[-2000:]
    scores: dict[str, dict[str, float]] = json.loads(done.stdout)
    return scores


def test_a_neighbour_keeps_its_marks() -> None:
    kinds = ("processes", "sessions")
    assert grade_beside([sys.executable], *kinds) == dict.fromkeys(kinds, FULL_MARKS)


def test_a_neighbour_keeps_its_marks_where_an_ordinary_user_grades() -> None:
    """Where there are no control groups, it is graded again, alone, after the other one."""
    with find_python() as python:
        assert grade_beside(python, "sessions") == {"sessions": FULL_MARKS}
