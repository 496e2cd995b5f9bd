"""What a reader of a submission's scores should know, besides the scores."""

from __future__ import annotations

from dataclasses import dataclass

from autograder.engine.wire.string_enum import StringEnum


class NoteKind(StringEnum):
    """What a note is about."""

    REPAIR = "repair"  # the notebook was changed before it ran
    NOT_GRADED = "not_graded"  # why a notebook could not be graded
    ISOLATION = "isolation"  # the student's code ran without the full sandbox
    LOST_CELL = "lost_cell"  # a cell ended its kernel or its verifier
    LONG_OUTPUT = "long_output"  # output was left out
    IN_KERNEL = "in_kernel"  # a test ran in the student's kernel
    LOST_VERIFIER = "lost_verifier"  # the verifier stopped with an error
    UNPROVEN = "unproven"  # the lab's solution or stub got other marks than it must
    MISSING_MODULE = "missing_module"  # a module that the student's code imports is not installed
    CLOSE = "close"  # a mark was decided close to its threshold


@dataclass(frozen=True)
class Note:
    """One note.

    Args:
        kind: what it is about.
        text: the sentence.
    """

    kind: NoteKind
    text: str
