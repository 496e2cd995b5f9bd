"""A plain folder: of one folder a student, or of one file a student."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from autograder.collect.download import DownloadedFile
from autograder.collect.handed_in_file import HandedInFile


def folder(files: list[DownloadedFile], lab: str) -> Iterator[HandedInFile]:
    """What each file's place says: `STUDENT/…`, `STUDENT/LAB/…`, or `STUDENT_LAB.ipynb`.

    Args:
        files: the files.
        lab: the lab's name, which says nothing about the student.
    """
    parts = [file.path.parts for file in files]
    # A zip file often holds one folder with everything in it.
    within = {part[0] for part in parts}
    wrapped = len(within) == 1 and all(len(part) > 2 and part[1] != lab for part in parts)
    for file in files:
        own = file.path.parts[1:] if wrapped else file.path.parts
        student, rest = (own[0], own[1:]) if len(own) > 1 else (_student(own[0], lab), own)
        if len(rest) > 1 and rest[0] == lab:
            rest = rest[1:]
        yield HandedInFile(file, PurePosixPath(*rest), student, student)


def _student(name: str, lab: str) -> str:
    """`ada` of `ada_01_mlp.ipynb` or `01_mlp-ada.ipynb`."""
    stem = PurePosixPath(name).stem
    return re.sub(re.escape(lab), "", stem, flags=re.IGNORECASE).strip(" _-.") or stem
