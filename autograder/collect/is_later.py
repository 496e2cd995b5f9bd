"""Which of two tries came later, of two downloads."""

from __future__ import annotations

import contextlib
from datetime import datetime
from pathlib import PurePosixPath

from autograder.course.collected import Row
from autograder.lms.canvas import canvas
from autograder.lms.download import DownloadedFile
from autograder.lms.submitted_file import SubmittedFile


def is_later(piece: SubmittedFile, row: Row) -> bool | None:
    """Whether a file was handed in after the one that a row of the record is about.

    Args:
        piece: the file.
        row: the row.

    Returns:
        None where neither the LMS' times nor its numbers tell.
    """
    now, before = piece.submitted, _moment(row.submitted)
    if now and before and now.timestamp() != before.timestamp():
        return now.timestamp() > before.timestamp()
    number = _number(row)
    if piece.number and number:
        return piece.number > number
    return False if now and before else None


def _moment(text: str) -> datetime | None:
    with contextlib.suppress(ValueError):  # none, or the record was edited
        return datetime.fromisoformat(text)
    return None


def _number(row: Row) -> int:
    if row.source != "canvas":
        return 0
    file = DownloadedFile(PurePosixPath(row.file), "", open)  # only its name is read
    return next(iter(canvas([file]))).number
