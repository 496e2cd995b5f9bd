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


def grade_beside(python: list[str], *options: str) -> dict[str, float]:
    done = run(python, "tests.redteam.beside_a_hog", *options)
    assert done.returncode == 0, done.stderr[-2000:]
    scores: dict[str, float] = json.loads(done.stdout)
    return scores


@pytest.mark.parametrize("options", [[], ["sessions"]], ids=["processes", "sessions"])
def test_a_neighbour_keeps_its_marks(options: list[str]) -> None:
    assert grade_beside([sys.executable], *options) == dict.fromkeys(QUESTIONS, 1.0)


def test_a_neighbour_keeps_its_marks_where_an_ordinary_user_grades() -> None:
    """Where there are no control groups, it is graded again, alone, after the other one."""
    with find_python() as python:
        assert grade_beside(python, "sessions") == dict.fromkeys(QUESTIONS, 1.0)
