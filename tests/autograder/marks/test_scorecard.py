"""A person's marks win over the engine's, as in nbgrader."""

from __future__ import annotations

import pytest

from autograder.course.course import Course
from autograder.course.source_notebooks import list_questions
from autograder.engine.wire.question_verdict import QuestionVerdict
from autograder.gradebook.hand_grading import HandGrading, HandMark, hand_grading
from autograder.marks.scorecard import Scorecard, scorecard
from autograder.results.verdict import Verdict
from tests.autograder.graded_class import lay_down, mark_by_hand
from tests.autograder.tiny_course import LAB, solved


def card(*questions: QuestionVerdict, **by_hand: HandMark) -> Scorecard:
    verdict = Verdict("Zoë", "lab", "graded", 0, 0, questions=questions)
    hand = HandGrading({("lab", name): mark for name, mark in by_hand.items()})
    return scorecard(verdict, hand, {"lab": [question.grade_id for question in questions]})


def test_written_answer_waits_until_a_person_gives_marks() -> None:
    written = QuestionVerdict("why", 0, 4, "manual")
    waits = card(written, QuestionVerdict("neuron", 2, 2, "passed"))
    assert (waits.score, waits.max_score, waits.waiting, waits.share) == (2, 6, 4, 1)
    assert waits.marks[0].outcome == "waiting" and waits.marks[0].needs_person
    given = card(written, why=HandMark(3, 0.5, needs_person=False))
    assert (given.score, given.waiting, given.marks[0].outcome) == (3.5, 0, "part")


def test_person_overrules_a_test() -> None:
    failed = QuestionVerdict("neuron", 0, 2, "failed", "no bias")
    assert card(failed).marks[0].outcome == "none"
    assert card(failed).marks[0].message == "no bias"
    overruled = card(failed, neuron=HandMark(2, 0, needs_person=False)).marks[0]
    assert (overruled.score, overruled.outcome, overruled.message) == (2, "full", "")
    passed = QuestionVerdict("neuron", 2, 2, "passed")
    assert card(passed, neuron=HandMark(0, 0, needs_person=False)).marks[0].outcome == "none"


def test_extra_credit_adds_to_the_engines_marks() -> None:
    passed = QuestionVerdict("neuron", 2, 2, "passed")
    assert card(passed, neuron=HandMark(None, 1, needs_person=False)).score == 3


@pytest.mark.parametrize("status", ["error", "timeout", "limit", "missing"])
def test_outcome_is_the_engines_where_no_person_decided(status: str) -> None:
    assert card(QuestionVerdict("neuron", 0, 2, status, "why")).marks[0].outcome == status


@pytest.mark.parametrize(
    "message",
    [
        "NotImplementedError",
        "NotImplementedError()",
        "NotImplementedError: ",
        "the answer stopped with NotImplementedError",
    ],
)
def test_stub_is_no_answer_said_in_words(message: str) -> None:
    mark = card(QuestionVerdict("neuron", 0, 2, "error", message)).marks[0]
    assert mark.outcome == "missing" and "not answered yet" in mark.message


def test_two_notebooks_may_use_one_id() -> None:
    twice = (QuestionVerdict("q", 1, 1, "passed"), QuestionVerdict("q", 0, 1, "manual"))
    hand = HandGrading({("b", "q"): HandMark(0.5, 0, needs_person=False)})
    marks = scorecard(
        Verdict("x", "lab", "graded", 0, 0, questions=twice), hand, {"a": ["q"], "b": ["q"]}
    )
    assert [(mark.notebook, mark.score) for mark in marks.marks] == [("a", 1), ("b", 0.5)]


def test_reads_what_formgrader_wrote(course: Course) -> None:
    lab = course.lab(LAB)
    verdict = lay_down(course, "Zoë", solved(course)).verdict
    mark_by_hand(course, "Zoë", "curves", 3, "Good eye.", extra=0.5)
    by_hand = hand_grading(course, lab)
    assert by_hand["Zoë"].comments == {(LAB, "curves"): "Good eye."}
    found = scorecard(verdict, by_hand["Zoë"], list_questions(course, lab))
    assert (found.score, found.waiting) == (9.5, 0)


def test_an_answer_that_changed_asks_for_another_look(course: Course) -> None:
    lay_down(course, "Zoë", solved(course))
    mark_by_hand(course, "Zoë", "curves", 3)
    changed = solved(course)
    changed.cells[-1].source += "\nAnd it overfits."
    verdict = lay_down(course, "Zoë", changed).verdict
    found = scorecard(verdict, hand_grading(course, course.lab(LAB))["Zoë"], {LAB: ["curves"]})
    mark = next(mark for mark in found.marks if mark.grade_id == "curves")
    assert (mark.score, mark.needs_person) == (3, True)
