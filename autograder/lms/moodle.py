"""Moodle's download of all submissions: `Name Surname_123_assignsubmission_file_/name.ipynb`.

In folders or not, and with or without the last underscore (Moodle 4.1 and later), as
`mod/assign/feedback/file/importziplib.php` reads it back. 123 is the participant's number in this
one assignment.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from autograder.lms.download import DownloadedFile
from autograder.lms.submitted_file import SubmittedFile

_PART = re.compile(r"(?P<name>[^_]+)_(?P<number>\d+)_assignsubmission_(?P<how>[a-z]+)_?(?P<own>.*)")


def moodle(files: Iterable[DownloadedFile]) -> Iterator[SubmittedFile]:
    """What each file of Moodle's download says of itself."""
    for file in files:
        for place, part in enumerate(file.path.parts):
            found = _PART.fullmatch(part)
            if found is None:
                continue
            own = [found["own"], *file.path.parts[place + 1 :]]
            yield SubmittedFile(
                file=file,
                path=PurePosixPath(*filter(None, own)),
                student=found["name"],
                name=found["name"],
                ids={"moodle": found["number"]},
            )
            break
        else:
            yield SubmittedFile(file, PurePosixPath(file.path.name), "", "")
