"""Verdicts of earlier versions, which said only in sentences what now has fields of its own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from autograder.engine.wire.note import NoteKind

_WEAK = "weak isolation"
_STUB = re.compile(r"NotImplementedError(\(\))?:?\s*$")
_UNDEFINED = re.compile(r"NameError: name '(\w+)' is not defined")


def complete_fields(fields: Mapping[str, Any]) -> dict[str, Any]:
    """A verdict's fields, with those that an earlier version did not write.

    Args:
        fields: as read from JSON.
    """
    other = NoteKind.NOT_GRADED if fields["status"] == "failed" else NoteKind.REPAIR
    kinds = [NoteKind.ISOLATION if text.startswith(_WEAK) else other for text in fields["repairs"]]
    questions = [_complete_question(question) for question in fields["questions"]]
    return {"note_kinds": kinds, **fields, "questions": questions}


def _complete_question(fields: Mapping[str, Any]) -> dict[str, Any]:
    undefined = _UNDEFINED.fullmatch(fields["message"])
    return {
        "met_stub": fields["status"] != "passed" and bool(_STUB.search(fields["message"])),
        "undefined_name": undefined[1] if undefined else "",
        **fields,
    }
