"""A plain folder: of one folder a student, or of one file a student."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from autograder.lms.download import DownloadedFile
from autograder.lms.submitted_file import SubmittedFile, without_attempt


def folder(files: list[DownloadedFile], lab: str, known: set[str]) -> Iterator[SubmittedFile]:
    """What each file's place says: `STUDENT/…`, `STUDENT/LAB/…`, or `STUDENT_LAB.ipynb`.

    Args:
        files: the files.
        lab: the lab's name, which says nothing about the student.
        known: the names of the lab's notebooks, which don't, either.
    """
    around = _around([file.path.parts for file in files], lab, known)
    for file in files:
        own = file.path.parts
        if len(own) > 1 and own[0] == around:
            own = own[1:]
        student, rest = (own[0], own[1:]) if len(own) > 1 else (_student(own[0], lab), own)
        if len(rest) > 1 and rest[0] == lab:
            rest = rest[1:]
        yield SubmittedFile(file, PurePosixPath(*rest), student, student)


def _around(paths: list[tuple[str, ...]], lab: str, known: set[str]) -> str:
    """The one folder that a whole class is in, as systems pack it; empty when it is a student's."""
    work = _of_kind(paths, ".ipynb") or _of_kind(paths, ".zip") or paths
    if len({path[0] for path in work}) != 1:
        return ""
    within = {_says(path[1:], lab, known) for path in work}
    several = len(within) > 1 or all(len(path) > 2 for path in paths)
    return work[0][0] if several and "" not in within else ""


def _of_kind(paths: list[tuple[str, ...]], suffix: str) -> list[tuple[str, ...]]:
    return [path for path in paths if path[-1].lower().endswith(suffix)]


def _says(path: tuple[str, ...], lab: str, known: set[str]) -> str:
    """The student whom a path in the folder names; empty when it can only be the folder's own."""
    if len(path) > 1:
        return path[0] if path[0] != lab else ""
    name, _ = without_attempt("".join(path), known)
    return (
        _without_lab(name, lab) if name.endswith((".ipynb", ".zip")) and name not in known else ""
    )


def _student(name: str, lab: str) -> str:
    """`ada` of `ada_01_mlp.ipynb`, `ada_01_mlp (1).ipynb` or `01_mlp-ada.ipynb`."""
    return _without_lab(name, lab) or PurePosixPath(name).stem


def _without_lab(name: str, lab: str) -> str:
    stem = PurePosixPath(name).stem
    pattern = re.escape(lab) + r"( ?\(\d{1,3}\))?"  # a browser numbers a second copy
    return re.sub(pattern, "", stem, flags=re.IGNORECASE).strip(" _-.")
