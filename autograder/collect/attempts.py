"""Which of several attempts counts, in one download and across downloads."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from pathlib import PurePosixPath

from autograder.course.collected import CollectedRow
from autograder.errors import AutograderError
from autograder.lms.download import DownloadedFile
from autograder.lms.registry import LMSS
from autograder.lms.submitted_file import SubmittedFile, split_copy_number


def split_attempts(
    files: Sequence[SubmittedFile], notebooks: Collection[str]
) -> tuple[list[SubmittedFile], list[list[SubmittedFile]]]:
    """Split a student's files into the attempt that counts and the earlier ones.

    Where the LMS keeps attempts apart, the last one counts. Elsewhere `lab.ipynb`, `lab-1.ipynb`
    and `lab-2.ipynb` are three attempts, and a file without a second copy goes with the last.

    Args:
        files: the files of one student.
        notebooks: the file names of the lab's notebooks.

    Returns:
        The files that count, and each earlier attempt's.

    Raises:
        AutograderError: there are several attempts, and nothing says which came last.
    """
    attempts: dict[str, list[SubmittedFile]] = defaultdict(list)
    for file in files:
        attempts[file.attempt].append(file)
    if len(attempts) > 1 and any(file.submitted is None for file in files):
        raise AutograderError(
            "there are several attempts, and their times can't be read: which one counts?"
        )
    ordered = sorted(attempts.values(), key=lambda attempt: _time(attempt[0]))
    latest, copies = _split_copies(ordered[-1] if ordered else [], notebooks)
    return latest, [*([copy] for copy in copies), *reversed(ordered[:-1])]


def is_later(file: SubmittedFile, row: CollectedRow) -> bool | None:
    """Whether a file was submitted after the one that a row of the record is about.

    Returns:
        None where neither the LMS' times nor its numbers tell.
    """
    now, before = file.submitted, _parse_time(row.submitted)
    if now and before and now.timestamp() != before.timestamp():
        return now.timestamp() > before.timestamp()
    number = _number_in_record(row)
    if file.number and number:
        return file.number > number
    return False if now and before else None


def _split_copies(
    files: Sequence[SubmittedFile], notebooks: Collection[str]
) -> tuple[list[SubmittedFile], list[SubmittedFile]]:
    """The last copy of each file, and the other copies."""
    copies: dict[PurePosixPath, list[SubmittedFile]] = defaultdict(list)
    for file in files:
        name, _ = split_copy_number(file.path.name, notebooks)
        copies[file.path.with_name(name)].append(file)

    def order(file: SubmittedFile) -> tuple[float, int, int]:
        return _time(file), split_copy_number(file.path.name, notebooks)[1], file.number

    for versions in copies.values():
        versions.sort(key=order, reverse=True)
    latest = [versions[0] for versions in copies.values()]
    return latest, [file for versions in copies.values() for file in versions[1:]]


def _time(file: SubmittedFile) -> float:
    return file.submitted.timestamp() if file.submitted else 0.0


def _parse_time(text: str) -> datetime | None:
    with contextlib.suppress(ValueError):  # empty, or edited by a person
        return datetime.fromisoformat(text)
    return None


def _number_in_record(row: CollectedRow) -> int:
    lms = LMSS.get(row.source)
    file = lms.read_name(DownloadedFile.recorded(row.file)) if lms else None
    return file.number if file else 0
