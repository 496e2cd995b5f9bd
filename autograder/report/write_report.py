"""The instructor's page of a lab."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from statistics import mean, median
from urllib.parse import quote

from autograder.course.course import Course, Lab
from autograder.feedback import feedback_path
from autograder.files import write_atomically
from autograder.marks.final_score import Policies
from autograder.marks.scorecard import OUTCOMES, Scorecard, scorecards
from autograder.pages import render
from autograder.report import item_analysis as items
from autograder.report.figure import drawn
from autograder.report.question_outcomes import question_outcomes
from autograder.report.same_words import Group, same_words
from autograder.report.score_distribution import score_distribution
from autograder.report.time_and_memory import time_and_memory
from autograder.similarity.found import read_found

NEEDS_HELP = 0.5
"""Below this part of the points decided so far, a student is listed as in need of help."""


def write_report(course: Course, lab: Lab) -> Path:
    """Write `reports/LAB.html`: one self-contained page on how the class did; returns its path.

    Args:
        course: the course.
        lab: the lab.

    Raises:
        AutograderError: nothing has been graded yet, or the page can't be written.
    """
    folder = course.results_dir / lab.name
    cards = scorecards(course, lab)
    graded = [card for card in cards if card.graded]
    analysis = items.item_analysis(graded)
    policies = Policies(course)
    finals = {card.student: policies.final(lab, card) for card in cards}
    by_question = {
        card.student: {(mark.notebook, mark.grade_id): mark for mark in card.marks}
        for card in cards
    }
    newest = max(path.stat().st_mtime for path in folder.glob("*.json"))
    page = render(
        "report/report.html.j2",
        course=course,
        lab=lab,
        cards=cards,
        graded=graded,
        failed=[card for card in cards if not card.graded],
        ungraded=_ungraded(course, lab, cards),
        as_of=datetime.fromtimestamp(newest).astimezone(),
        mean=mean(card.share for card in graded) if graded else None,
        median=median(card.share for card in graded) if graded else None,
        waiting=[c for c in graded if any(mark.needs_person for mark in c.marks)],
        distribution=drawn(*score_distribution([c.share for c in graded])) if graded else None,
        outcomes=drawn(*question_outcomes(analysis)) if graded else None,
        costs=drawn(*time_and_memory([c.verdict for c in graded])) if graded else None,
        items=analysis,
        enough_to_show=items.ENOUGH_TO_SHOW,
        enough_to_trust=items.ENOUGH_TO_TRUST,
        messages=_messages(graded),
        strugglers=sorted(
            (c for c in cards if not c.graded or c.share < NEEDS_HELP), key=lambda c: c.share
        ),
        needs_help=NEEDS_HELP,
        failures=_notes(card for card in cards if not card.graded),
        repairs=_notes(graded),
        finals=finals,
        ruled=[card for card in cards if finals[card.student].reasons],
        similar=read_found(course, lab),
        isolation=Counter(note for card in cards for note in card.isolation),
        columns=list(dict.fromkeys(key for marks in by_question.values() for key in marks)),
        by_question=by_question,
        words=OUTCOMES,
        links=_links(course, lab, cards),
    )
    path = course.reports_dir / f"{lab.name}.html"
    write_atomically(path, page)
    return path


def _ungraded(course: Course, lab: Lab, cards: list[Scorecard]) -> list[str]:
    """Who has handed in and has no result."""
    handed_in = {folder.parent.name for folder in course.submitted_dir.glob(f"*/{lab.name}")}
    return sorted(handed_in - {card.student for card in cards})


def _messages(cards: list[Scorecard]) -> list[Group]:
    return same_words(
        (mark.grade_id, mark.message, card.student)
        for card in cards
        for mark in card.marks
        if mark.message and mark.outcome != "missing"
    )


def _notes(cards: Iterable[Scorecard]) -> list[Group]:
    return same_words(("", note, card.student) for card in cards for note in card.notes)


def _links(course: Course, lab: Lab, cards: list[Scorecard]) -> dict[str, str]:
    """By student, the way from the report to the first feedback page, where there is one."""
    links = {}
    for card in cards:
        names = dict.fromkeys(mark.notebook for mark in card.marks)
        pages = [feedback_path(course, lab, card.student, name) for name in names]
        there = [page for page in pages if page.is_file()]
        if there:
            links[card.student] = quote(os.path.relpath(there[0], course.reports_dir))
    return links
