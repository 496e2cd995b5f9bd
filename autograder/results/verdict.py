"""The engine's verdict on one submission: a row of the gradebook, a line of `--json`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from autograder.engine.wire.note import Note, NoteKind
from autograder.engine.wire.question_verdict import QuestionVerdict
from autograder.engine.wire.string_enum import StringEnum
from autograder.results.older_verdict import complete_fields


class SubmissionStatus(StringEnum):
    """Whether a submission could be graded."""

    GRADED = "graded"
    FAILED = "failed"


@dataclass(frozen=True)
class Verdict:
    """One submission's scores.

    Args:
        student: the student's id: the name of the folder in `submitted/`.
        lab: the assignment's name.
        status: whether any part of the submission could be graded.
        score: points earned by the questions graded so far.
        max_score: points that can be earned.
        seconds: wall time that grading took.
        peak_memory_mb: largest resident memory of the student's code, in MiB.
        notes: what was repaired before the notebook ran, and what a reader of the scores should
            know (weak isolation, why it could not be graded).
        questions: a verdict for each graded cell, in the notebook's order.
    """

    student: str
    lab: str
    status: SubmissionStatus
    score: float
    max_score: float
    seconds: float = 0.0
    peak_memory_mb: float = 0.0
    notes: tuple[Note, ...] = ()
    questions: tuple[QuestionVerdict, ...] = ()

    @property
    def repairs(self) -> tuple[str, ...]:
        """The notes' sentences, as JSON has them."""
        return tuple(note.text for note in self.notes)

    def as_dict(self) -> dict[str, Any]:
        """The verdict as JSON can hold it; others read these fields, so none may change."""
        fields = {**vars(self), "questions": [vars(question) for question in self.questions]}
        # The sentences stay where they were before notes had kinds.
        fields = {"repairs" if name == "notes" else name: fields[name] for name in fields}
        return {
            **fields,
            "repairs": list(self.repairs),
            "note_kinds": [note.kind for note in self.notes],
        }

    def as_json(self) -> str:
        """The verdict as one line of JSON."""
        return json.dumps(self.as_dict(), ensure_ascii=False)

    @classmethod
    def from_dict(cls, fields: dict[str, Any]) -> Verdict:
        """The verdict that `as_dict` wrote; also one of an earlier version.

        Raises:
            KeyError, TypeError, ValueError: the fields are not those of a verdict.
        """
        fields = complete_fields(fields)
        kinds, texts = fields.pop("note_kinds"), fields.pop("repairs")
        notes = [Note(NoteKind(kind), text) for kind, text in zip(kinds, texts, strict=True)]
        questions = [QuestionVerdict.from_dict(question) for question in fields["questions"]]
        status = SubmissionStatus(fields["status"])
        return cls(
            **{**fields, "status": status, "notes": tuple(notes), "questions": tuple(questions)}
        )
