"""One file of a download, and what its place and name say about it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePosixPath

from autograder.lms.download import DownloadedFile

_ATTEMPT = re.compile(r"(?P<stem>.+?)(?:-(?P<dash>\d{1,3})| ?\((?P<bracket>\d{1,3})\))")


@dataclass(frozen=True)
class SubmittedFile:
    """A file and who it is from, as an LMS tells it.

    Args:
        file: the file.
        path: the student's own path and name of it.
        student: what the student is called where there is no roster.
        name: the student's name, or what the LMS made of it; empty when it can't be told.
        ids: by kind (`canvas`, `moodle`, `sid`, `email`), the ids that come with it.
        late: whether the LMS says that it is late.
        submitted: when it came in; None where the LMS doesn't say.
        number: the LMS' number of this file: the larger, the later.
    """

    file: DownloadedFile
    path: PurePosixPath
    student: str
    name: str
    ids: dict[str, str] = field(default_factory=dict)
    late: bool = False
    submitted: datetime | None = None
    number: int = 0


def without_attempt(name: str, known: set[str]) -> tuple[str, int]:
    """A file's name without the number that an LMS or a browser adds to a second copy.

    Args:
        name: the file's name.
        known: names that end in a number themselves.

    Returns:
        The name, and the number: 0 for the first copy.

    Example:
        >>> without_attempt("01_mlp-2.ipynb", set()), without_attempt("lab (1).ipynb", set())
        (('01_mlp.ipynb', 2), ('lab.ipynb', 1))
        >>> without_attempt("part-2.ipynb", {"part-2.ipynb"})
        ('part-2.ipynb', 0)
    """
    path = PurePosixPath(name)
    found = _ATTEMPT.fullmatch(path.stem)
    if name in known or found is None:
        return name, 0
    return f"{found['stem']}{path.suffix}", int(found["dash"] or found["bracket"])
