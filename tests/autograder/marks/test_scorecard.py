"""A person's marks win over the engine's, as in nbgrader."""

from __future__ import annotations

import pytest

from autograder.course.course import Course
from autograder.course.source_notebooks import list_questions
from autograder.engine.wire.question_verdict import QuestionVerdict, Status
from autograder.gradebook.hand_grading import HandGrading, HandMark, read_hand_grading
from autograder.marks.outcome import Outcome
from autograder.marks.scorecard import Scorecard, make_scorecard
from autograder.results.verdict import SubmissionStatus, Verdict
from tests.autograder.graded_class import lay_down, mark_by_hand
from tests.autograder.tiny_course import LAB, solved


def card(*questions: QuestionVerdict, **by_hand: HandMark) -> Scorecard:
    verdict = Verdict("Zoë", "lab", SubmissionStatus.GRADED, 0, 0, questions=questions)
    hand = HandGrading({("lab", name): mark for name, mark in by_hand.items()})
    return make_scorecard(verdict, hand, {"lab": [question.grade_id for question in questions]})


def test_written_answer_waits_until_a_person_gives_marks() -> None:
    written = QuestionVerdict("why", 0, 4, Status.MANUAL)
    waits = card(written, QuestionVerdict("neuron", 2, 2, Status.PASSED))
    assert (waits.score, waits.max_score, waits.waiting, waits.share) == (2, 6, 4, 1)
    assert waits.marks[0].outcome is Outcome.WAITING and waits.marks[0].needs_person
    given = card(written, why=HandMark(3, 0.5, needs_person=False))
    assert (given.score, given.waiting, given.marks[0].outcome) == (3.5, 0, Outcome.PART)


def test_person_overrules_a_test() -> None:
    failed = QuestionVerdict("neuron", 0, 2, Status.FAILED, "no bias")
    assert card(failed).marks[0].outcome is Outcome.NONE
    assert card(failed).marks[0].message == "no bias"
    overruled = card(failed, neuron=HandMark(2, 0, needs_person=False)).marks[0]
    assert (overruled.score, overruled.outcome, overruled.message) == (2, Outcome.FULL, "")
    passed = QuestionVerdict("neuron", 2, 2, Status.PASSED)
    assert card(passed, neuron=HandMark(0, 0, needs_person=False)).marks[0].outcome is Outcome.NONE


def test_extra_credit_adds_to_the_engines_marks() -> None:
    passed = QuestionVerdict("neuron", 2, 2, Status.PASSED)
    assert card(passed, neuron=HandMark(None, 1, needs_person=False)).score == 3


@pytest.mark.parametrize("status", [Status.ERROR, Status.TIMEOUT, Status.LIMIT, Status.MISSING])
def test_outcome_is_the_engines_where_no_person_decided(status: Status) -> None:
    assert card(QuestionVerdict("neuron", 0, 2, status, "why")).marks[0].outcome == status


def test_a_stub_is_a_missing_answer() -> None:
    stub = QuestionVerdict("neuron", 0, 2, Status.ERROR, "NotImplementedError", met_stub=True)
    mark = card(stub).marks[0]
    assert mark.outcome is Outcome.MISSING and "not answered yet" in mark.message


def test_two_notebooks_may_use_one_id() -> None:
    twice = (QuestionVerdict("q", 1, 1, Status.PASSED), QuestionVerdict("q", 0, 1, Status.MANUAL))
    hand = HandGrading({("b", "q"): HandMark(0.5, 0, needs_person=False)})
    marks = make_scorecard(
        Verdict("x", "lab", SubmissionStatus.GRADED, 0, 0, questions=twice),
        hand,
        {"a": ["q"], "b": ["q"]},
    )
    assert [(mark.notebook, mark.score) for mark in marks.marks] == [("a", 1), ("b", 0.5)]


def test_reads_what_formgrader_wrote(course: Course) -> None:
    lab = course.lab(LAB)
    verdict = lay_down(course, "Zoë", solved(course)).verdict
    mark_by_hand(course, "Zoë", "curves", 3, "Good eye.", extra=0.5)
    by_hand = read_hand_grading(course, lab)
    assert by_hand["Zoë"].comments == {(LAB, "curves"): "Good eye."}
    found = make_scorecard(verdict, by_hand["Zoë"], list_questions(course, lab))
    assert (found.score, found.waiting) == (9.5, 0)


def test_an_answer_that_changed_asks_for_another_look(course: Course) -> None:
    lay_down(course, "Zoë", solved(course))
    mark_by_hand(course, "Zoë", "curves", 3)
    changed = solved(course)
    changed.cells[-1].source += "\nAnd it overfits."
    verdict = lay_down(course, "Zoë", changed).verdict
    found = make_scorecard(
        verdict, read_hand_grading(course, course.lab(LAB))["Zoë"], {LAB: ["curves"]}
    )
    mark = next(mark for mark in found.marks if mark.grade_id == "curves")
    assert (mark.score, mark.needs_person) == (3, True)
