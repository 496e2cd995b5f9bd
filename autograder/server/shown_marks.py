"""What a student sees of an attempt's marks, as far as the lab's settings show them."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass

from autograder.course.course import Course, Lab
from autograder.course.source_notebooks import list_questions
from autograder.gradebook.hand_grading import HandGrading, read_hand_grading
from autograder.marks.final_score import FinalScore, Policies
from autograder.marks.mark_sentences import OUTCOMES
from autograder.marks.outcome import Outcome
from autograder.marks.scorecard import Mark, Scorecard, make_scorecard
from autograder.results.verdict import Verdict
from autograder.server.tables import Attempt

_KEEP_SECONDS = 5.0


@dataclass(frozen=True)
class ShownQuestion:
    """A question as its student sees it.

    Args:
        name: Its grade_id.
        outcome: What became of it, for the page's colour.
        words: The same in words.
        score: Its points; None where they are not shown or not given yet.
        max_score: Its maximum; None where points are not shown.
        message: The sentence, where it is shown.
    """

    name: str
    outcome: Outcome
    words: str
    score: float | None = None
    max_score: float | None = None
    message: str = ""


@dataclass(frozen=True)
class ShownMarks:
    """An attempt's marks as its student sees them.

    Args:
        questions: The questions; empty where only the receipt is shown.
        score: The points so far; None where they are not shown.
        max_score: The maximum; None where points are not shown.
        final: What the course's policy makes of the points; None for an attempt that does not
            count.
        notes: What was repaired, or why it could not be graded.
        waiting: Points that a person has still to give.
    """

    questions: tuple[ShownQuestion, ...] = ()
    score: float | None = None
    max_score: float | None = None
    final: FinalScore | None = None
    notes: tuple[str, ...] = ()
    waiting: float = 0.0


class MarkReader:
    """Reads the marks of attempts, with those given by hand.

    Args:
        course: The course.
    """

    def __init__(self, course: Course) -> None:
        self._course, self._lock = course, threading.Lock()
        self._by_hand: dict[str, tuple[float, dict[str, HandGrading]]] = {}
        self._questions: dict[str, tuple[float, dict[str, list[str]]]] = {}

    def make_scorecard(self, lab: Lab, attempt: Attempt) -> Scorecard | None:
        """The scorecard of a graded attempt; marks by hand belong to the one that counts."""
        if attempt.verdict is None:
            return None
        verdict = Verdict.from_dict(json.loads(attempt.verdict))
        by_hand = self._read_by_hand(lab) if attempt.counts else {}
        mine = by_hand.get(attempt.student.person, HandGrading())
        return make_scorecard(verdict, mine, self._list_questions(lab), lab)

    def read(self, lab: Lab, attempt: Attempt) -> ShownMarks | None:
        """What the student sees; None while it is not graded."""
        card = self.make_scorecard(lab, attempt)
        if card is None:
            return None
        shows = lab.server.shows
        if shows == "receipt" and card.is_graded:
            return ShownMarks()
        notes = () if card.is_graded and shows != "marks" else tuple(card.notes)
        if shows != "marks":
            return ShownMarks(tuple(map(_show_check, card.marks)), notes=notes)
        final = Policies(self._course).find_final_score(lab, card) if attempt.counts else None
        questions = tuple(
            ShownQuestion(
                mark.grade_id,
                mark.outcome,
                OUTCOMES[mark.outcome],
                mark.score,
                mark.max_score,
                mark.message,
            )
            for mark in card.marks
        )
        return ShownMarks(questions, card.score, card.max_score, final, notes, card.waiting)

    def _read_by_hand(self, lab: Lab) -> dict[str, HandGrading]:
        with self._lock:
            at, found = self._by_hand.get(lab.name, (0.0, {}))
            if time.monotonic() - at > _KEEP_SECONDS:
                found = read_hand_grading(self._course, lab)
                self._by_hand[lab.name] = time.monotonic(), found
            return found

    def _list_questions(self, lab: Lab) -> dict[str, list[str]]:
        with self._lock:
            at, found = self._questions.get(lab.name, (0.0, {}))
            if time.monotonic() - at > _KEEP_SECONDS:
                found = list_questions(self._course, lab)
                self._questions[lab.name] = time.monotonic(), found
            return found


def _show_check(mark: Mark) -> ShownQuestion:
    """A question without points and sentences: did it pass?"""
    if mark.outcome in (Outcome.WAITING, Outcome.MISSING):
        return ShownQuestion(mark.grade_id, mark.outcome, OUTCOMES[mark.outcome])
    if mark.outcome is Outcome.FULL:
        return ShownQuestion(mark.grade_id, mark.outcome, "passed")
    return ShownQuestion(mark.grade_id, Outcome.NONE, "not passed")
