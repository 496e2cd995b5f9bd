"""A question's score under another hidden seed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Rejudgement:
    """The score of a test cell that was run once more, in the same kernel.

    Args:
        grade_id: the question.
        seed: the hidden seed.
        score: points earned.
        message: why not all of them.
    """

    grade_id: str
    seed: int
    score: float
    message: str
