"""Where every student stands with a lab: a mark that counts, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from autograder.course.course import Course, Lab
from autograder.course.roster import Roster, normalized_name
from autograder.marks.final_score import FinalScore, Policies
from autograder.marks.scorecard import Scorecard, read_scorecards

NOTHING = "handed in nothing"


@dataclass(frozen=True)
class Standing:
    """One student's.

    Args:
        student: the id.
        card: the marks; None for who has no result.
        final: what they count for; None for who has no result.
        missing: why there is no mark to export; empty when there is one.
    """

    student: str
    card: Scorecard | None
    final: FinalScore | None
    missing: str = ""


def standings(course: Course, lab: Lab, roster: Roster | None) -> list[Standing]:
    """Everybody's, by student: who has a result, who waits for one, who handed in nothing.

    Args:
        course: the course.
        lab: the lab.
        roster: the class; None knows only who handed something in.

    Raises:
        AutograderError: nothing has been graded yet.
    """
    cards = {normalized_name(card.student): card for card in read_scorecards(course, lab)}
    policies = Policies(course)
    handed_in = set(map(normalized_name, policies.submission_times(lab).list_students()))
    known = {person.id for person in roster.people} if roster else set()
    found = []
    for student in sorted({*cards, *handed_in, *known}):
        card = cards.get(student)
        if card is None:
            why = "handed in and not graded yet" if student in handed_in else NOTHING
            found.append(Standing(student, None, None, why))
            continue
        final = policies.find_final_score(lab, card)
        found.append(Standing(student, card, final, final.undecided))
    return found


def points_of(found: Iterable[Standing]) -> float:
    """The points to be had, of whoever has a result."""
    return max((one.final.max_score for one in found if one.final is not None), default=0.0)
