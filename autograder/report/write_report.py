"""The instructor's page of a lab."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from autograder.course.course import Course, Lab
from autograder.course.roster import Roster
from autograder.engine.wire.note import NoteKind
from autograder.feedback import feedback_path
from autograder.gradebook.student_names import read_student_names
from autograder.marks.final_score import FinalScore, Policies
from autograder.marks.mark_sentences import OUTCOMES
from autograder.marks.outcome import Outcome
from autograder.marks.scorecard import Scorecard, read_scorecards
from autograder.report.draw_question_outcomes import draw_question_outcomes
from autograder.report.draw_time_and_memory import draw_time_and_memory
from autograder.report.group_messages import MessageGroup, group_messages
from autograder.report.item_analysis import ENOUGH_TO_SHOW, ENOUGH_TO_TRUST, analyse_items
from autograder.report.page_figure import PageFigure
from autograder.report.report_page import NEEDS_HELP, find_newest, summarize_shares, write_page
from autograder.similarity.comparison import read_comparison


def write_report(course: Course, lab: Lab, roster: Roster | None = None) -> Path:
    """Write `reports/LAB.html`: one self-contained page on how the class did; returns its path.

    Args:
        course: the course.
        lab: the lab.
        roster: the class; without it, only students with a submission are known.

    Raises:
        AutograderError: nothing has been graded yet, or the page can't be written.
    """
    cards = read_scorecards(course, lab)
    graded = [card for card in cards if card.is_graded]
    failed = [card for card in cards if not card.is_graded]
    struggling = [card for card in cards if not card.is_graded or card.share < NEEDS_HELP]
    ungraded = _list_ungraded(course, lab, cards)
    known = {*ungraded, *(card.student for card in cards)}
    finals = _find_finals(course, lab, cards)
    return write_page(
        course,
        lab.name,
        "report/report.html.j2",
        lab=lab,
        cards=cards,
        graded=graded,
        failed=failed,
        ungraded=ungraded,
        absent=[person.id for person in roster.people if person.id not in known] if roster else [],
        full_names=read_student_names(course, roster),
        as_of=find_newest((course.results_dir / lab.name).glob("*.json")),
        waiting=[card for card in graded if any(mark.needs_person for mark in card.marks)],
        struggling=sorted(struggling, key=lambda card: card.share),
        messages=_group_mark_messages(graded),
        failures=_group_notes(failed),
        repairs=_group_by_notes(graded),
        modules=_group_notes(cards, NoteKind.MISSING_MODULE),
        close_marks=[(card.student, text) for card in graded for text in card.close_marks],
        similar=read_comparison(course, lab),
        isolation=Counter(note for card in cards for note in card.isolation),
        words=OUTCOMES,
        links=_find_links(course, lab, cards),
        finals=finals,
        ruled=[card for card in cards if finals[card.student].reasons],
        **summarize_shares([finals[card.student].share for card in graded], "submission"),
        **_analyse_questions(graded),
        **_make_table(cards),
    )


def _list_ungraded(course: Course, lab: Lab, cards: list[Scorecard]) -> list[str]:
    """Students who have submitted the lab and have no result."""
    students = {folder.parent.name for folder in course.submitted_dir.glob(f"*/{lab.name}")}
    return sorted(students - {card.student for card in cards})


def _group_mark_messages(cards: list[Scorecard]) -> list[MessageGroup]:
    return group_messages(
        (mark.grade_id, mark.message, card.student)
        for card in cards
        for mark in card.marks
        if mark.message and mark.outcome is not Outcome.MISSING
    )


def _group_notes(cards: Iterable[Scorecard], kind: NoteKind | None = None) -> list[MessageGroup]:
    """Students by note: those of one kind, or what the page says of each submission."""
    return group_messages(
        ("", text, card.student)
        for card in cards
        for text in (card.notes if kind is None else card.list_notes(kind))
    )


def _group_by_notes(cards: Iterable[Scorecard]) -> list[tuple[list[str], list[str]]]:
    """Students with the same notes, and these notes; the largest groups first."""
    groups: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for card in cards:
        modules = card.list_notes(NoteKind.MISSING_MODULE)
        if notes := tuple(note for note in card.notes if note not in modules):
            groups[notes].append(card.student)
    ordered = sorted(groups.items(), key=lambda group: (-len(group[1]), group[1]))
    return [(students, list(notes)) for notes, students in ordered]


def _find_links(course: Course, lab: Lab, cards: list[Scorecard]) -> dict[str, str]:
    """Links from the report to each student's first feedback page, where it has been written."""
    links = {}
    for card in cards:
        names = dict.fromkeys(mark.notebook for mark in card.marks)
        pages = [feedback_path(course, lab, card.student, name) for name in names]
        written = [page for page in pages if page.is_file()]
        if written:
            links[card.student] = quote(os.path.relpath(written[0], course.reports_dir))
    return links


def _analyse_questions(graded: list[Scorecard]) -> dict[str, Any]:
    """The items and their figures, for the template."""
    items = analyse_items(graded)
    verdicts = [card.verdict for card in graded]
    return {
        "items": items,
        "enough_to_show": ENOUGH_TO_SHOW,
        "enough_to_trust": ENOUGH_TO_TRUST,
        "outcomes": PageFigure.of(*draw_question_outcomes(items)) if graded else None,
        "costs": PageFigure.of(*draw_time_and_memory(verdicts)) if graded else None,
    }


def _find_finals(course: Course, lab: Lab, cards: list[Scorecard]) -> dict[str, FinalScore]:
    """Each student's final score, after the policies."""
    policies = Policies(course)
    return {card.student: policies.find_final_score(lab, card) for card in cards}


def _make_table(cards: list[Scorecard]) -> dict[str, Any]:
    """Each student's marks by question, and the questions in order, for the template."""
    by_question = {
        card.student: {(mark.notebook, mark.grade_id): mark for mark in card.marks}
        for card in cards
    }
    columns = list(dict.fromkeys(key for marks in by_question.values() for key in marks))
    return {"columns": columns, "by_question": by_question}
