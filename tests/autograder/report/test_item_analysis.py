"""Difficulty and discrimination, compared with NumPy and with their definitions."""

from __future__ import annotations

import random

import numpy as np
import pytest

from autograder.marks.outcome import Outcome
from autograder.marks.scorecard import Mark, Scorecard
from autograder.report.item_analysis import ENOUGH_TO_SHOW, analyse_items
from autograder.results.verdict import SubmissionStatus, Verdict


def card(student: int, *scores: float | None) -> Scorecard:
    verdict = Verdict(f"student-{student}", "lab", SubmissionStatus.GRADED, 0, 0)
    outcomes = {None: Outcome.WAITING, 0: Outcome.NONE}
    marks = [
        Mark("lab", f"q{i}", score, 2.0, outcomes.get(score, Outcome.FULL))
        for i, score in enumerate(scores)
    ]
    return Scorecard(verdict, tuple(marks), {})


def test_corrected_item_total_correlation() -> None:
    draw = random.Random(0)
    scores = np.array([[draw.choice([0, 1, 2]) for _ in range(4)] for _ in range(40)], float)
    items = analyse_items([card(i, *row) for i, row in enumerate(scores)])
    for number, item in enumerate(items):
        rest = scores.sum(axis=1) - scores[:, number]
        assert item.discrimination == pytest.approx(np.corrcoef(scores[:, number], rest)[0, 1])
        assert item.difficulty == pytest.approx(scores[:, number].mean() / 2)


def test_needs_students_and_differences() -> None:
    few = [card(i, 2 * (i % 2), 2 * (i % 2)) for i in range(ENOUGH_TO_SHOW - 1)]
    assert [item.discrimination for item in analyse_items(few)] == [None, None]
    more = [*few, card(99, 0, 0)]
    assert analyse_items(more)[0].discrimination == pytest.approx(1)
    alike = analyse_items([card(i, 2, 2 * (i % 2)) for i in range(20)])
    assert [item.discrimination for item in alike] == [None, None]


def test_waiting_answers_count_neither_way() -> None:
    cards = [card(i, 2 * (i % 2), 2 * (i % 2), None if i < 5 else 1) for i in range(20)]
    first, second, written = analyse_items(cards)
    assert first.discrimination == pytest.approx(1) == second.discrimination
    assert written.difficulty == 0.5 and written.outcomes[Outcome.WAITING] == 5
    assert analyse_items([card(1, None)])[0].difficulty is None


def test_no_students() -> None:
    assert analyse_items([]) == []
