"""The engine's verdict on one question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from autograder.engine.wire.string_enum import StringEnum


class Status(StringEnum):
    """How a question was decided."""

    PASSED = "passed"
    FAILED = "failed"  # an assertion of the test did not hold
    ERROR = "error"  # the test raised another exception
    TIMEOUT = "timeout"
    LIMIT = "limit"  # memory, output, …; or the kernel ended
    MANUAL = "manual"  # a person grades it
    MISSING = "missing"  # there is no answer


@dataclass(frozen=True)
class QuestionVerdict:
    """One graded cell's score.

    Args:
        grade_id: nbgrader's id of the graded cell.
        score: points earned, 0 to `max_score`.
        max_score: points that can be earned.
        status: how the question was decided.
        message: the sentence for the student; empty when the question passed.
        met_stub: whether the test met the stub of an answer, a bare `NotImplementedError`.
        undefined_name: the name that the test found undefined; empty for other errors.
    """

    grade_id: str
    score: float
    max_score: float
    status: Status
    message: str = ""
    met_stub: bool = False
    undefined_name: str = ""

    @classmethod
    def from_dict(cls, fields: Mapping[str, Any]) -> QuestionVerdict:
        """The verdict whose fields JSON carried.

        Raises:
            TypeError: a field is missing or unknown.
            ValueError: the status is unknown.
        """
        return cls(**{**fields, "status": Status(fields["status"])})
