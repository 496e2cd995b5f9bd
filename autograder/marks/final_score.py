"""What a student's points for a lab count for, beside what they are."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from autograder.course.course import Course, Lab
from autograder.marks.lateness import SubmissionTimes
from autograder.marks.scorecard import Scorecard


@dataclass(frozen=True)
class FinalScore:
    """A raw score and what the course's policy makes of it.

    Args:
        raw: points earned, as graded; never changed.
        penalty: points that the policy takes off.
        max_score: points to be had, extra credit left out.
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
        """What counts."""
        return max(0.0, self.raw - self.penalty)

    @property
    def share(self) -> float:
        """What counts as a part of the points decided so far; above 1 by extra credit."""
        decided = self.max_score - self.waiting
        return self.score / decided if decided else 0.0


class Policies:
    """The policies of a course.

    `[policy]` in course.toml decides. Where it says nothing of lateness, points that nbgrader's
    own LateSubmissionPlugin took off are taken off here, too. (The plugin itself can't have free
    days or see marks that are given by hand after it ran.)

    Args:
        course: the course.
    """

    def __init__(self, course: Course) -> None:
        self._course = course
        self._by_lab: dict[str, SubmissionTimes] = {}

    @cached_property
    def _labs(self) -> list[Lab]:
        """Where a day late costs something, by due date: so free days are used up."""
        costly = [lab for lab in self._course.labs() if lab.due and lab.policy.late_penalty]
        return sorted(costly, key=lambda lab: lab.due.isoformat())

    def handins(self, lab: Lab) -> SubmissionTimes:
        """When everybody handed in a lab."""
        if lab.name not in self._by_lab:
            self._by_lab[lab.name] = SubmissionTimes(self._course, lab)
        return self._by_lab[lab.name]

    def free_days(self, lab: Lab, student: str) -> float:
        """The days of `late_days` that a student uses up with this lab."""
        return self._free_days(lab, student)[0]

    def _free_days(self, lab: Lab, student: str) -> tuple[float, str]:
        """The days, and the lab before whose days nobody knows; they depend on it then."""
        left, unknown = self._course.policy.late_days, ""
        for other in self._labs:
            days = self.handins(other).lateness(student).days
            used = min(left, days or 0) // 1 if (days or 0) <= other.policy.latest_days else 0.0
            if other.name == lab.name:
                return used, unknown
            if days is None and left >= 1:
                unknown = unknown or other.name
            left -= used
        return 0.0, ""

    def final(self, lab: Lab, card: Scorecard) -> FinalScore:
        """What a scorecard counts for."""
        undecided = ""
        if not card.graded:
            undecided = "could not be graded"
        elif not (self._course.submitted_dir / card.student / lab.name).is_dir():
            # Moved to whom it belongs, or taken back: it must not count for two.
            undecided = "its submission is no longer in submitted/"
        elif any(mark.needs_person for mark in card.marks):
            undecided = "hand grading is not finished"
        penalty, reasons = card.penalty, []
        if lab.policy.penalises_late_work:
            penalty, reasons, unknown = self._penalty(lab, card)
            undecided = undecided or unknown
        elif penalty:
            reasons.append(f"Handed in late: {_taken_off(penalty)}.")
        return FinalScore(
            raw=card.score,
            penalty=min(penalty, card.score),
            max_score=card.max_score,
            waiting=sum(m.max_score for m in card.marks if m.score is None and not m.extra),
            reasons=tuple(reasons),
            undecided=undecided,
        )

    def _penalty(self, lab: Lab, card: Scorecard) -> tuple[float, list[str], str]:
        """The points, the reasons for the student, and why they are not decided."""
        late = self.handins(lab).lateness(card.student)
        if late.days is None:
            reason = "When this was handed in, and whether that costs points, is not decided yet."
            return 0.0, [reason], late.unknown
        reasons = []
        if late.extended and late.due is not None:
            reasons.append(f"Extension to {late.due:%d %B %Y, %H:%M %Z}.")
        if not late.days:
            return 0.0, reasons, ""
        begun = f"Handed in {late.days} day{'s' * (late.days != 1)} late"
        if late.days > lab.policy.latest_days:
            limit = f"{lab.policy.latest_days:g}"
            return card.score, [*reasons, f"{begun}, more than the {limit} that are accepted."], ""
        free, unknown = self._free_days(lab, card.student)
        if unknown:
            reasons.append(f"{begun}; how much of that is free is not decided yet.")
            return 0.0, reasons, f"late, and free days depend on {unknown}: nobody knows how late"
        penalty = lab.policy.late_penalty * (late.days - free) * card.max_score
        of_it = f", of which {free:g} free" if free else ""
        costs = f": {_taken_off(penalty)}." if penalty else "."
        return penalty, [*reasons, f"{begun}{of_it}{costs}"], ""


def _taken_off(points: float) -> str:
    return f"{points:.3g} point{' is' if points == 1 else 's are'} taken off"
