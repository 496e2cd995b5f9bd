"""How hard each question was, and whether it separates strong from weak students."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from statistics import StatisticsError, correlation, mean

from autograder.marks.outcome import Outcome
from autograder.marks.scorecard import Mark, Scorecard

ENOUGH_TO_SHOW = 10
ENOUGH_TO_TRUST = 30

_Question = tuple[str, str]
"""A notebook's name and a `grade_id` in it."""


@dataclass(frozen=True)
class Item:
    """One question, over the class.

    Args:
        grade_id: the question.
        max_score: points that can be earned.
        outcomes: how many students had each outcome.
        difficulty: the share of its points that the class earned, 0 to 1; None before the first
            marks.
        discrimination: correlation of its points with the points of all other questions, -1 to 1;
            None for fewer than `ENOUGH_TO_SHOW` students, or if all have the same points.
    """

    grade_id: str
    max_score: float
    outcomes: Counter[Outcome]
    difficulty: float | None
    discrimination: float | None


def analyse_items(cards: list[Scorecard]) -> list[Item]:
    """Difficulty and discrimination of each question, in the lab's order.

    The difficulty is the proportion of points earned; the discrimination is the corrected
    item-total correlation, which for a question that is right or wrong is the point-biserial
    one (Ebel & Frisbie, Essentials of Educational Measurement, 5th ed., ch. 13).

    Args:
        cards: the scorecards of the graded submissions.
    """
    by_question: dict[_Question, dict[str, Mark]] = {}
    for card in cards:
        for mark in card.marks:
            by_question.setdefault((mark.notebook, mark.grade_id), {})[card.student] = mark
    # A question without marks for some students would count as 0 in their totals.
    decided = {
        question: {student: mark.score or 0.0 for student, mark in marks.items()}
        for question, marks in by_question.items()
        if all(mark.score is not None for mark in marks.values())
    }
    return [
        Item(
            grade_id=question[1],
            max_score=max(mark.max_score for mark in marks.values()),
            outcomes=Counter(mark.outcome for mark in marks.values()),
            difficulty=_compute_difficulty(marks.values()),
            discrimination=_compute_discrimination(question, marks, decided),
        )
        for question, marks in by_question.items()
    ]


def _compute_difficulty(marks: Collection[Mark]) -> float | None:
    shares = [
        mark.score / mark.max_score for mark in marks if mark.score is not None and mark.max_score
    ]
    return mean(shares) if shares else None


def _compute_discrimination(
    question: _Question,
    marks: Mapping[str, Mark],
    decided: Mapping[_Question, Mapping[str, float]],
) -> float | None:
    own = {student: mark.score for student, mark in marks.items() if mark.score is not None}
    others = [scores for other, scores in decided.items() if other != question]
    if len(own) < ENOUGH_TO_SHOW or not others:
        return None
    rest = [sum(scores.get(student, 0.0) for scores in others) for student in own]
    try:
        return correlation(list(own.values()), rest)
    except StatisticsError:  # all have the same points
        return None
