"""What became of a question, its marks by hand included."""

from __future__ import annotations

from autograder.engine.wire.string_enum import StringEnum


class Outcome(StringEnum):
    """What became of a question."""

    FULL = "full"
    PART = "part"
    NONE = "none"
    ERROR = "error"
    TIMEOUT = "timeout"
    LIMIT = "limit"
    MISSING = "missing"
    WAITING = "waiting"  # a person has still to give the marks
