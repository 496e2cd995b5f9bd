"""What a test cell decided about one question."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class QuestionVerdict:
    """One graded cell's score.

    Args:
        grade_id: nbgrader's id of the graded cell.
        score: points earned, 0 to `max_score`.
        max_score: points to be had.
        status: "passed", "failed" (an assertion), "error" (another exception), "timeout",
            "limit" (memory, output, …), "manual" (a person grades it) or "missing".
        message: the sentence for the student; empty when the question passed.
    """

    grade_id: str
    score: float
    max_score: float
    status: str
    message: str = ""
