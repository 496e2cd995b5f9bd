"""What is known of a submission when its verifier is lost."""

from __future__ import annotations

from dataclasses import dataclass

from autograder.engine.wire.loss import Loss
from autograder.engine.wire.question_verdict import QuestionVerdict


@dataclass
class Progress:
    """What is known of a submission so far; enough to continue after the verifier itself was lost.

    Args:
        verdicts: of the questions judged so far, by grade_id.
        lost: by index, the cells that ended a kernel and are not run again.
    """

    verdicts: dict[str, QuestionVerdict]
    lost: dict[int, Loss]
