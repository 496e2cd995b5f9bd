"""One file of a download, and what the LMS says about it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autograder.lms.download import DownloadedFile

_COPY = re.compile(r"(?P<stem>.+?)(?:-(?P<dash>\d{1,3})| ?\((?P<bracket>\d{1,3})\))")


@dataclass(frozen=True)
class SubmittedFile:
    """A file and its student, as an LMS tells them.

    Args:
        downloaded: the file in the download.
        path: the student's own path and name of it.
        student: the student's name in a course without a roster.
        name: the student's name, or what the LMS made of it; empty when the LMS doesn't tell.
        ids: ids that come with it, by kind (see `Person.ids`).
        late: whether the LMS marks it as late.
        submitted: when the LMS received it; None where it doesn't say.
        number: the LMS' number of this file: the larger, the later.
        attempt: the attempt that it belongs to, where the LMS keeps attempts apart.
    """

    downloaded: DownloadedFile
    path: PurePosixPath
    student: str = ""
    name: str = ""
    ids: Mapping[str, str] = field(default_factory=dict)
    late: bool = False
    submitted: datetime | None = None
    number: int = 0
    attempt: str = ""


def split_copy_number(name: str, known: Collection[str]) -> tuple[str, int]:
    """Split off the number that an LMS or a browser adds to the name of a second copy.

    Args:
        name: the file's name.
        known: names that end in a number themselves.

    Returns:
        The name without the number, and the number: 0 for the first copy.

    Example:
        >>> split_copy_number("01_mlp-2.ipynb", ()), split_copy_number("lab (1).ipynb", ())
        (('01_mlp.ipynb', 2), ('lab.ipynb', 1))
        >>> split_copy_number("part-2.ipynb", {"part-2.ipynb"})
        ('part-2.ipynb', 0)
    """
    path = PurePosixPath(name)
    match = _COPY.fullmatch(path.stem)
    if name in known or match is None:
        return name, 0
    return f"{match['stem']}{path.suffix}", int(match["dash"] or match["bracket"])
