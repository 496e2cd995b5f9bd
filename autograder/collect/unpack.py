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
    unpacked: dict[PurePosixPath, bytes] = {}
    bytes_left = MOST_UNPACKED
    for path, data in _read_zip(content, 1):
        bytes_left -= len(data)
        if bytes_left < 0 or len(unpacked) >= _MOST_FILES:
            raise AutograderError(
                f"it unpacks to more than {MOST_UNPACKED // 2**20} MB or {_MOST_FILES} files"
            )
        unpacked[path] = data
    return _strip_common_folder(unpacked)


def is_zip(path: PurePosixPath, content: bytes) -> bool:
    """Whether a file is a zip file, by its first bytes and its name together."""
    begins = content[:4] in (b"PK\x03\x04", b"PK\x05\x06")
    return begins and path.suffix.lower() in (".zip", ".ipynb")


def _read_zip(content: bytes, depth: int) -> Iterator[tuple[PurePosixPath, bytes]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for file in files_in_zip(archive):
                data = file.read()
                if not is_zip(file.path, data):
                    yield file.path, data
                elif depth == _DEEPEST:
                    raise AutograderError(f"it has zip files in zip files, {depth} deep")
                else:
                    for path, inner in _read_zip(data, depth + 1):
                        yield file.path.parent / path, inner
    except DAMAGED_ZIP as error:
        raise AutograderError(f"it is not a whole zip file: {error}") from error


def _strip_common_folder(files: dict[PurePosixPath, bytes]) -> dict[PurePosixPath, bytes]:
    while files and len({path.parts[0] for path in files}) == 1 and _all_in_folders(files):
        files = {PurePosixPath(*path.parts[1:]): data for path, data in files.items()}
    return files


def _all_in_folders(files: dict[PurePosixPath, bytes]) -> bool:
    return all(len(path.parts) > 1 for path in files)
