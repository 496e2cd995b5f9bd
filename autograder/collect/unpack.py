"""What is in a student's zip file, also in one inside it; bounded, and in memory only."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath

from autograder.errors import AutograderError
from autograder.files import DAMAGED_ZIP
from autograder.lms.download import in_zip

MOST_UNPACKED = 200 * 2**20
_MOST_FILES = 500
_DEEPEST = 3  # a zip file in a zip file in a zip file


def unpack(content: bytes) -> dict[PurePosixPath, bytes]:
    """A zip file's files by their path; zip files in it are unpacked, too.

    Raises:
        AutograderError: it unpacks to more than a submission may be, is damaged, locked, or names
            a file outside itself.
    """
    found: dict[PurePosixPath, bytes] = {}
    left = MOST_UNPACKED
    for path, data in _files(content, 1):
        left -= len(data)
        if left < 0 or len(found) >= _MOST_FILES:
            raise AutograderError(
                f"it unpacks to more than {MOST_UNPACKED // 2**20} MB or {_MOST_FILES} files"
            )
        found[path] = data
    return _without_common_folder(found)


def is_zip(path: PurePosixPath, content: bytes) -> bool:
    """Whether a file is a zip file: of its first bytes and its name, both."""
    begins = content[:4] in (b"PK\x03\x04", b"PK\x05\x06")
    return begins and path.suffix.lower() in (".zip", ".ipynb")


def _files(content: bytes, depth: int) -> Iterator[tuple[PurePosixPath, bytes]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for file in in_zip(archive):
                data = file.read()
                if not is_zip(file.path, data):
                    yield file.path, data
                elif depth == _DEEPEST:
                    raise AutograderError(f"it has zip files in zip files, {depth} deep")
                else:
                    for path, inner in _files(data, depth + 1):
                        yield file.path.parent / path, inner
    except DAMAGED_ZIP as error:
        raise AutograderError(f"it is not a whole zip file: {error}") from error


def _without_common_folder(files: dict[PurePosixPath, bytes]) -> dict[PurePosixPath, bytes]:
    while files and len({path.parts[0] for path in files}) == 1 and _all_deeper(files):
        files = {PurePosixPath(*path.parts[1:]): data for path, data in files.items()}
    return files


def _all_deeper(files: dict[PurePosixPath, bytes]) -> bool:
    return all(len(path.parts) > 1 for path in files)
