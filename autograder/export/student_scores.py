"""What every student of the class has for a lab: a final score, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from autograder.course.course import Course, Lab
from autograder.course.roster import Roster, normalize_name
from autograder.marks.final_score import FinalScore, Policies
from autograder.marks.scorecard import Scorecard, read_scorecards


@dataclass(frozen=True)
class StudentScore:
    """One student's.

    Args:
        student: the id.
        has_submitted: whether there is a submission or a result.
        card: the marks; None without a result.
        final: the final score; None without a result.
        missing: why there is no score to export; empty when there is one.
    """

    student: str
    has_submitted: bool
    card: Scorecard | None = None
    final: FinalScore | None = None
    missing: str = ""


def student_scores(course: Course, lab: Lab, roster: Roster | None) -> list[StudentScore]:
    """Everybody's score, by student: graded, waiting to be graded, and without a submission.

    Args:
        course: the course.
        lab: the lab.
        roster: the class; None knows only the students with a submission.

    Raises:
        AutograderError: nothing has been graded yet.
    """
    cards = {normalize_name(card.student): card for card in read_scorecards(course, lab)}
    policies = Policies(course)
    submitted = set(map(normalize_name, policies.submission_times(lab).list_students()))
    listed = {person.id for person in roster.people} if roster else set()
    scores = []
    for student in sorted({*cards, *submitted, *listed}):
        card = cards.get(student)
        if card is not None:
            final = policies.find_final_score(lab, card)
            scores.append(StudentScore(student, True, card, final, final.undecided))
        elif student in submitted:
            missing = "handed in and not graded yet"
            scores.append(StudentScore(student, True, missing=missing))
        else:
            scores.append(StudentScore(student, False, missing="handed in nothing"))
    return scores


def max_score(scores: Iterable[StudentScore]) -> float:
    """The points of the lab, as far as results tell; 0 without any."""
    return max((one.final.max_score for one in scores if one.final is not None), default=0.0)
