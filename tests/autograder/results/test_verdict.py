"""Verdicts as JSON: others read its fields, and older files stay readable."""

from __future__ import annotations

import json

import pytest

from autograder.engine.wire.note import Note, NoteKind
from autograder.engine.wire.question_verdict import QuestionVerdict, Status
from autograder.results.verdict import SubmissionStatus, Verdict

VERDICT = Verdict(
    student="Zoë",
    lab="01",
    status=SubmissionStatus.GRADED,
    score=1.0,
    max_score=3.0,
    notes=(
        Note(NoteKind.REPAIR, "cell q1 was missing and was put back"),
        Note(NoteKind.ISOLATION, "weak isolation: no bubblewrap"),
    ),
    questions=(
        QuestionVerdict("q1", 1.0, 1.0, Status.PASSED),
        QuestionVerdict("q2", 0.0, 2.0, Status.ERROR, "NotImplementedError", met_stub=True),
    ),
)
OLDER = {
    "student": "Zoë",
    "lab": "01",
    "status": "graded",
    "score": 1.0,
    "max_score": 3.0,
    "seconds": 0.0,
    "peak_memory_mb": 0.0,
    "repairs": ["cell q1 was missing and was put back", "weak isolation: no bubblewrap"],
    "questions": [
        {"grade_id": "q1", "score": 1.0, "max_score": 1.0, "status": "passed", "message": ""},
        {
            "grade_id": "q2",
            "score": 0.0,
            "max_score": 2.0,
            "status": "error",
            "message": "NotImplementedError",
        },
    ],
}


def test_json_keeps_the_fields_that_others_read() -> None:
    line = json.loads(VERDICT.as_json())
    assert {name: line[name] for name in OLDER if name != "questions"} == {
        name: OLDER[name] for name in OLDER if name != "questions"
    }
    for new, old in zip(line["questions"], OLDER["questions"], strict=True):
        assert {name: new[name] for name in old} == old


def test_json_is_read_as_it_was_written() -> None:
    assert Verdict.from_dict(json.loads(VERDICT.as_json())) == VERDICT


def test_an_older_verdict_is_completed() -> None:
    assert Verdict.from_dict(OLDER) == VERDICT


def test_notes_of_an_older_failure_say_why() -> None:
    (note, _) = Verdict.from_dict({**OLDER, "status": "failed"}).notes
    assert note.kind is NoteKind.NOT_GRADED


@pytest.mark.parametrize(
    ("message", "met_stub", "name"),
    [
        ("NotImplementedError()", True, ""),
        ("NotImplementedError: ", True, ""),
        ("the answer stopped with NotImplementedError", True, ""),
        ("NotImplementedError: to do", False, ""),
        ("NameError: name 'model' is not defined", False, "model"),
        ("name 'model' is not defined", False, ""),
    ],
)
def test_an_older_message_is_read_once(message: str, met_stub: bool, name: str) -> None:
    question = {**OLDER["questions"][1], "message": message}
    (found,) = Verdict.from_dict({**OLDER, "questions": [question]}).questions
    assert (found.met_stub, found.undefined_name) == (met_stub, name)


@pytest.mark.parametrize(
    "fields", [{"status": "perfect"}, {"score": 1, "more": 2}, {"questions": [{"grade_id": "q"}]}]
)
def test_other_json_is_refused(fields: dict) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        Verdict.from_dict({**OLDER, **fields})
