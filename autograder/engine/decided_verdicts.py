"""The verdicts of one run of a submission, and what an earlier run leaves open."""

from __future__ import annotations

from collections.abc import Mapping

from autograder.engine.wire.question_verdict import QuestionVerdict, Status


class DecidedVerdicts(dict[str, QuestionVerdict]):
    """The first verdict on each question, by grade_id.

    Args:
        earlier: verdicts of an earlier run, which this one cannot make better.
    """

    def __init__(self, earlier: Mapping[str, QuestionVerdict] | None = None) -> None:
        super().__init__()
        self.earlier = dict(earlier or {})
        self._standing: dict[str, QuestionVerdict] | None = None

    @property
    def standing(self) -> dict[str, QuestionVerdict]:
        """What was decided before the first loss: a further run cannot make it better."""
        return self._standing or {}

    def decide(self, verdict: QuestionVerdict) -> None:
        """Keep the verdict, unless the question has one."""
        self.note_loss(verdict.status)
        earlier = self.earlier.get(verdict.grade_id, verdict)
        self.setdefault(verdict.grade_id, min(verdict, earlier, key=lambda one: one.score))

    def note_loss(self, status: Status) -> None:
        """Take note of a question or a cell that was stopped."""
        if self._standing is None and status in (Status.TIMEOUT, Status.LIMIT):
            self._standing = dict(self)
