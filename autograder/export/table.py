"""All marks of a lab as a plain table."""

from __future__ import annotations

import csv
import io

from autograder.course.roster import Roster
from autograder.export.standing import Standing, points_of
from autograder.files import escape_formula


def table(found: list[Standing], roster: Roster | None) -> str:
    """CSV: a row a student, raw and final points, each question, and why a mark is not final.

    Args:
        found: everybody's standing.
        roster: the class, for the names.
    """
    names = {person.id: person.name for person in roster.people} if roster else {}
    cards = [one.card for one in found if one.card is not None]
    questions = list(dict.fromkeys(mark.grade_id for card in cards for mark in card.marks))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    head = ["student", "name", "score", "penalty", "raw_score", "max_score", "not_final"]
    writer.writerow([*head, *questions])
    for one in found:
        who = [escape_formula(one.student), escape_formula(names.get(one.student, ""))]
        if one.card is None or one.final is None:
            points = ["", "", "", f"{points_of(found):g}"]
        else:
            final = one.final
            score = "" if one.missing else f"{final.score:g}"
            points = [score, f"{final.penalty:g}", f"{final.raw:g}", f"{final.max_score:g}"]
        marks = {mark.grade_id: mark.score for mark in one.card.marks} if one.card else {}
        each = [marks.get(question) for question in questions]
        writer.writerow(
            [*who, *points, one.missing, *("" if m is None else f"{m:g}" for m in each)]
        )
    return out.getvalue()
