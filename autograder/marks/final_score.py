"""A student's final score for a lab: the points earned, after lateness and policy."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from autograder.course.course import Course, Lab
from autograder.marks import mark_sentences
from autograder.marks.lateness import SubmissionTimes
from autograder.marks.scorecard import Scorecard


@dataclass(frozen=True)
class FinalScore:
    """A raw score and what the course's policy makes of it.

    Args:
        raw: points earned, as graded.
        penalty: points that the policy takes off.
        max_score: points that can be earned, without extra credit.
        waiting: how many of them a person has still to decide on.
        reasons: why, in sentences for the student.
        undecided: why it is not final; empty when it is.
    """

    raw: float
    penalty: float
    max_score: float
    waiting: float = 0.0
    reasons: tuple[str, ...] = ()
    undecided: str = ""

    @property
    def score(self) -> float:
        """The points that count."""
        return max(0.0, self.raw - self.penalty)

    @property
    def share(self) -> float:
        """The points that count as a share of those decided so far; above 1 with extra credit."""
        decided = self.max_score - self.waiting
        return self.score / decided if decided else 0.0


class Policies:
    """The policies of a course.

    `[policy]` in course.toml decides. Where it does not mention lateness, points that nbgrader's
    own LateSubmissionPlugin took off are taken off here too. (The plugin itself has no free days
    and does not see marks that are given by hand after it ran.)

    Args:
        course: the course.
    """

    def __init__(self, course: Course) -> None:
        self._course = course
        self._by_lab: dict[str, SubmissionTimes] = {}

    @cached_property
    def _labs(self) -> list[Lab]:
        """Labs in which lateness costs points, by due date: free days are used in this order."""
        labs = [(lab.due, lab) for lab in self._course.labs() if lab.policy.late_penalty]
        costly = [(due.isoformat(), lab) for due, lab in labs if due]
        return [lab for _, lab in sorted(costly, key=lambda dated: dated[0])]

    def submission_times(self, lab: Lab) -> SubmissionTimes:
        """When each student submitted a lab."""
        if lab.name not in self._by_lab:
            self._by_lab[lab.name] = SubmissionTimes(self._course, lab)
        return self._by_lab[lab.name]

    def count_free_days(self, lab: Lab, student: str) -> float:
        """The days of `late_days` that a student uses up with this lab."""
        return self._count_free_days(lab, student)[0]

    def _count_free_days(self, lab: Lab, student: str) -> tuple[float, str]:
        """The days, and an earlier lab whose unknown lateness they depend on ("" for none)."""
        left, unknown = self._course.policy.late_days, ""
        for other in self._labs:
            days = self.submission_times(other).find_lateness(student).days
            used = min(left, days or 0) // 1 if (days or 0) <= other.policy.latest_days else 0.0
            if other.name == lab.name:
                return used, unknown
            if days is None and left >= 1:
                unknown = unknown or other.name
            left -= used
        return 0.0, ""

    def find_final_score(self, lab: Lab, card: Scorecard) -> FinalScore:
        """The final score of a scorecard."""
        undecided = ""
        if not card.is_graded:
            undecided = "could not be graded"
        elif not (self._course.submitted_dir / card.student / lab.name).is_dir():
            # Moved to another student, or withdrawn: it must not count for two.
            undecided = "its submission is no longer in submitted/"
        elif any(mark.needs_person for mark in card.marks):
            undecided = "hand grading is not finished"
        penalty = card.penalty
        reasons: list[str] = []
        if lab.policy.penalises_late_work:
            penalty, reasons, unknown = self._find_penalty(lab, card)
            undecided = undecided or unknown
        elif penalty:
            reasons.append(mark_sentences.describe_nbgrader_penalty(penalty))
        return FinalScore(
            raw=card.score,
            penalty=min(penalty, card.score),
            max_score=card.max_score,
            waiting=sum(m.max_score for m in card.marks if m.score is None and not m.extra),
            reasons=tuple(reasons),
            undecided=undecided,
        )

    def _find_penalty(self, lab: Lab, card: Scorecard) -> tuple[float, list[str], str]:
        """The points, the reasons for the student, and why they are not decided."""
        late = self.submission_times(lab).find_lateness(card.student)
        if late.days is None:
            return 0.0, [mark_sentences.TIME_UNKNOWN], late.unknown
        reasons = []
        if late.extended and late.due is not None:
            reasons.append(mark_sentences.describe_extension(late.due))
        if not late.days:
            return 0.0, reasons, ""
        if late.days > lab.policy.latest_days:
            reasons.append(mark_sentences.describe_too_late(late.days, lab.policy.latest_days))
            return card.score, reasons, ""
        free, unknown = self._count_free_days(lab, card.student)
        if unknown:
            reasons.append(mark_sentences.describe_free_days_unknown(late.days))
            return (
                0.0,
                reasons,
                f"late; free days depend on {unknown}, and nobody knows how late that was",
            )
        penalty = lab.policy.late_penalty * (late.days - free) * card.max_score
        reasons.append(mark_sentences.describe_penalty(late.days, free, penalty))
        return penalty, reasons, ""
