"""A question's verdict from how its test ended."""

from __future__ import annotations

from autograder.engine import run_sentences
from autograder.engine.verifier.judge_cell import TestResult
from autograder.engine.wire.loss import Cause
from autograder.engine.wire.question_verdict import QuestionVerdict, Status


def decide_verdict(
    question: str, points: float, result: TestResult, stopped: str, lost: tuple[Cause, str] | None
) -> QuestionVerdict:
    """The verdict on a question.

    Args:
        question: its grade_id.
        points: its maximum.
        result: how its test ended.
        stopped: why a limit stopped the test, where one did.
        lost: why a cell above the test was lost since the last verdict, and the sentence.
    """
    status, message = result.status, result.message
    if result.cause is not None:
        return QuestionVerdict(question, 0.0, points, result.cause.status, message or stopped)
    if status is not Status.PASSED and lost is not None:
        # The test failed because a cell above it was lost.
        cause, sentence = lost
        return QuestionVerdict(question, 0.0, points, cause.status, f"{sentence} ({message})")
    if status is not Status.PASSED:
        stub, name = result.met_stub, result.undefined_name
        return QuestionVerdict(question, 0.0, points, status, message, stub, name)
    earned = points if result.points is None else result.points
    message = "" if earned == points else run_sentences.describe_points(earned, points)
    if earned > points:
        return QuestionVerdict(question, 0.0, points, Status.ERROR, message)
    status = Status.PASSED if earned == points else Status.FAILED
    return QuestionVerdict(question, earned, points, status, message)
