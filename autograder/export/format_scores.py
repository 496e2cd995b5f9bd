"""All scores of a lab as a plain table."""

from __future__ import annotations

import csv
import io

from autograder.course.roster import Roster
from autograder.export.student_scores import StudentScore, max_score
from autograder.files import escape_formula


def format_scores(scores: list[StudentScore], roster: Roster | None) -> str:
    """Format scores as CSV: a row for each student, with the points of each question.

    Args:
        scores: everybody's score.
        roster: the class, for the names.
    """
    names = {person.id: person.name for person in roster.people} if roster else {}
    cards = [one.card for one in scores if one.card is not None]
    questions = list(dict.fromkeys(mark.grade_id for card in cards for mark in card.marks))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    header = ["student", "name", "score", "penalty", "raw_score", "max_score", "not_final"]
    writer.writerow([*header, *questions])
    for one in scores:
        who = [escape_formula(one.student), escape_formula(names.get(one.student, ""))]
        if one.card is None or one.final is None:
            points = ["", "", "", f"{max_score(scores):g}"]
        else:
            final = one.final
            score = "" if one.missing else f"{final.score:g}"
            points = [score, f"{final.penalty:g}", f"{final.raw:g}", f"{final.max_score:g}"]
        marks = {mark.grade_id: mark.score for mark in one.card.marks} if one.card else {}
        by_question = [marks.get(question) for question in questions]
        cells = ("" if mark is None else f"{mark:g}" for mark in by_question)
        writer.writerow([*who, *points, one.missing, *cells])
    return text.getvalue()
