"""Which of a student's attempts counts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timezone

from sqlalchemy import select
from sqlalchemy.orm import Session

from autograder.course.course import Course, Lab
from autograder.marks.lateness import SubmissionTimes
from autograder.server.tables import Attempt


class Counting:
    """Decides which attempt at a lab counts, by `counts` of its settings.

    Args:
        course: The course.
        lab: The lab.
    """

    def __init__(self, course: Course, lab: Lab) -> None:
        self._lab, self._times = lab, SubmissionTimes(course, lab)

    def choose(self, attempts: Iterable[tuple[Attempt, float]]) -> Attempt | None:
        """The attempt that counts among a student's graded ones.

        Args:
            attempts: Attempts with their points.
        """
        ordered = sorted(attempts, key=lambda one: one[0].number)
        if self._lab.server.counts == "last" or not ordered:
            return ordered[-1][0] if ordered else None
        # The first of equals: a later one may be late.
        return max(ordered, key=lambda one: self._find_value(*one))[0]

    def _find_value(self, attempt: Attempt, score: float) -> float:
        """Points after the late penalty, without free late days."""
        policy = self._lab.policy
        due, _ = self._times.find_due(attempt.student.person)
        if due is None or not policy.penalises_late_work:
            return score
        days = self._times.count_days(due, datetime.fromtimestamp(attempt.received, timezone.utc))
        if days > policy.latest_days:
            return 0.0
        return score - policy.late_penalty * days * (attempt.max_score or 0.0)


def list_graded(session: Session, student_id: int, lab: Lab) -> list[Attempt]:
    """A student's graded attempts at a lab."""
    own = select(Attempt).where(
        Attempt.student_id == student_id, Attempt.lab == lab.name, Attempt.score.is_not(None)
    )
    return list(session.scalars(own.order_by(Attempt.number)))


def mark_counting(session: Session, chosen: Attempt) -> None:
    """Make an attempt the one that counts, and no other of the student's."""
    own = select(Attempt).where(
        Attempt.student_id == chosen.student_id, Attempt.lab == chosen.lab, Attempt.counts
    )
    for attempt in session.scalars(own):
        attempt.counts = attempt.id == chosen.id
    chosen.counts = True
