"""How hard each question was, and whether it tells strong from weak students."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from statistics import StatisticsError, correlation, mean

from autograder.marks.scorecard import Mark, Scorecard

ENOUGH_TO_SHOW = 10
ENOUGH_TO_TRUST = 30


@dataclass(frozen=True)
class Item:
    """One question, over the class.

    Args:
        grade_id: the question.
        max_score: points to be had.
        outcomes: how many students had each of `scorecard.OUTCOMES`.
        difficulty: the part of its points that was earned, 0 (nobody any) to 1 (everybody all);
            None while nobody has marks for it.
        discrimination: correlation of its points with the points of all other questions, -1 to 1;
            None with fewer than `ENOUGH_TO_SHOW` students, or where all have the same.
    """

    grade_id: str
    max_score: float
    outcomes: Counter[str]
    difficulty: float | None
    discrimination: float | None


def item_analysis(cards: list[Scorecard]) -> list[Item]:
    """Difficulty and discrimination of each question, in the lab's order.

    The difficulty is the proportion of points earned; the discrimination is the corrected
    item-total correlation, which for a question that is right or wrong is the point-biserial
    one (Ebel & Frisbie, Essentials of Educational Measurement, 5th ed., ch. 13).

    Args:
        cards: the scorecards of all submissions that could be graded.
    """
    by_question: dict[tuple[str, str], dict[str, Mark]] = {}
    for card in cards:
        for mark in card.marks:
            by_question.setdefault((mark.notebook, mark.grade_id), {})[card.student] = mark
    # A question that some still wait for would count as 0 in their totals.
    decided = {
        question: {student: mark.score for student, mark in marks.items()}
        for question, marks in by_question.items()
        if all(mark.score is not None for mark in marks.values())
    }
    return [
        Item(
            grade_id=question[1],
            max_score=max(mark.max_score for mark in marks.values()),
            outcomes=Counter(mark.outcome for mark in marks.values()),
            difficulty=_difficulty(marks.values()),
            discrimination=_discrimination(question, marks, decided),
        )
        for question, marks in by_question.items()
    ]


def _difficulty(marks) -> float | None:
    decided = [mark for mark in marks if mark.score is not None and mark.max_score]
    shares = [mark.score / mark.max_score for mark in decided]
    return mean(shares) if shares else None


def _discrimination(question, marks, decided) -> float | None:
    own = {student: mark.score for student, mark in marks.items() if mark.score is not None}
    others = [scores for other, scores in decided.items() if other != question]
    if len(own) < ENOUGH_TO_SHOW or not others:
        return None
    rest = [sum(scores.get(student, 0.0) for scores in others) for student in own]
    try:
        return correlation(list(own.values()), rest)
    except StatisticsError:  # all have the same points
        return None
