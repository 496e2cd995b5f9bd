"""What grading says of one submission: a row of the gradebook, a line of `--json`."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass, field
from typing import Any

from autograder.engine.wire.question_verdict import QuestionVerdict


@dataclass(frozen=True)
class Verdict:
    """One submission's scores.

    Args:
        student: the student's id: the name of the folder in `submitted/`.
        lab: the assignment's name.
        status: "graded", or "failed" when the submission could not be graded at all.
        score: points earned by the questions graded so far.
        max_score: points to be had.
        seconds: wall time that grading took.
        peak_memory_mb: largest resident memory of the student's code, in MiB.
        repairs: what was put right in the notebook before it ran, and what a reader of the
            scores has to know (weak isolation, the reason of a failure).
        questions: a verdict for each graded cell, in the notebook's order.
    """

    student: str
    lab: str
    status: str
    score: float
    max_score: float
    seconds: float = 0.0
    peak_memory_mb: float = 0.0
    repairs: tuple[str, ...] = ()
    questions: tuple[QuestionVerdict, ...] = field(default=())

    def as_json(self) -> str:
        """The verdict as one line of JSON."""
        return json.dumps(dataclasses.asdict(self), ensure_ascii=False)

    @classmethod
    def from_dict(cls, fields: dict[str, Any]) -> Verdict:
        """The verdict that `as_json` wrote, parsed."""
        questions = tuple(QuestionVerdict(**question) for question in fields["questions"])
        return cls(**{**fields, "repairs": tuple(fields["repairs"]), "questions": questions})
