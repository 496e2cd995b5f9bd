"""Canvas' bulk download: `lastfirst_LATE_12345_67890_name-1.ipynb`, all in one folder.

The names are those that Canvas itself reads when files are uploaded again: the first two parts
that are numbers are the user's and the file's (canvas-lms, `infer_comment_context_from_filename`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from autograder.lms.download import DownloadedFile
from autograder.lms.submitted_file import SubmittedFile

_NAME = re.compile(r"(?P<name>.*?)(?:_(?P<late>LATE))?_(?P<user>\d+)_(?P<file>\d+)_(?P<own>.+)")


def canvas(files: Iterable[DownloadedFile]) -> Iterator[SubmittedFile]:
    """What each file of Canvas' download says of itself."""
    for file in files:
        found = _NAME.fullmatch(file.path.name)
        if found is None:
            yield SubmittedFile(file, PurePosixPath(file.path.name), "", "")
            continue
        yield SubmittedFile(
            file=file,
            path=PurePosixPath(found["own"]),
            # Two students may have one name; a user's number is the same in every lab.
            student=f"{found['name']}-{found['user']}",
            name=found["name"],
            ids={"canvas": found["user"]},
            late=found["late"] is not None,
            number=int(found["file"]),
        )
