"""The files in a student's zip file, and in zip files inside it; bounded, and in memory only."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath

from autograder.errors import AutograderError
from autograder.files import DAMAGED_ZIP
from autograder.lms.download import files_in_zip

MOST_UNPACKED = 200 * 2**20
_MOST_FILES = 500
_DEEPEST = 3  # a zip file in a zip file in a zip file


def unpack(content: bytes) -> dict[PurePosixPath, bytes]:
    """Unpack a zip file, and zip files inside it; returns the files by their path.

    Raises:
        AutograderError: it unpacks to more than a submission may be, is damaged, locked, or names
            a file outside itself.
    """
    return _strip_common_folder(dict(_Unpacking().read_zip(content, 1)))


def is_zip(path: PurePosixPath, content: bytes) -> bool:
    """Whether a file is a zip file, by its first bytes and its name together."""
    begins = content[:4] in (b"PK\x03\x04", b"PK\x05\x06")
    return begins and path.suffix.lower() in (".zip", ".ipynb")


class _Unpacking:
    """What may still be unpacked, zip files inside zip files among it."""

    def __init__(self) -> None:
        self._bytes, self._files = MOST_UNPACKED, _MOST_FILES

    def read_zip(self, content: bytes, depth: int) -> Iterator[tuple[PurePosixPath, bytes]]:
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                for file in files_in_zip(archive):
                    data = self._take(file.read())
                    if not is_zip(file.path, data):
                        yield file.path, data
                    elif depth == _DEEPEST:
                        raise AutograderError(f"it has zip files in zip files, {depth} deep")
                    else:
                        for path, inner in self.read_zip(data, depth + 1):
                            yield file.path.parent / path, inner
        except DAMAGED_ZIP as error:
            raise AutograderError(f"it is not a whole zip file: {error}") from error

    def _take(self, data: bytes) -> bytes:
        self._bytes -= len(data)
        self._files -= 1
        if self._bytes < 0 or self._files < 0:
            raise AutograderError(
                f"it unpacks to more than {MOST_UNPACKED // 2**20} MB or {_MOST_FILES} files"
            )
        return data


def _strip_common_folder(files: dict[PurePosixPath, bytes]) -> dict[PurePosixPath, bytes]:
    while files and len({path.parts[0] for path in files}) == 1 and _all_in_folders(files):
        files = {PurePosixPath(*path.parts[1:]): data for path, data in files.items()}
    return files


def _all_in_folders(files: dict[PurePosixPath, bytes]) -> bool:
    return all(len(path.parts) > 1 for path in files)
