"""The files of a submission: which may be the notebook, and which lie beside it."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath, PurePosixPath

from autograder.errors import AutograderError
from autograder.files import DAMAGED_ZIP, replace_surrogates
from autograder.notebooks.reading.zip_entries import is_system_file, list_entries

# A notebook of a class has a few hundred KB; with a hundred figures, 30 MB.
MOST_BYTES = 100 * 2**20
_MOST_NOTEBOOKS = 100
# Of all notebooks together, unpacked.
_MOST_IN_ALL = 150 * 2**20
_MOST_UNPACKED = 500
MOST_SHOWN = 300
# `lab.ipynb.txt`, `lab.ipynb.json` and `lab.ipynb (1)`, as browsers and mail programs save it.
_NOTEBOOK_NAME = re.compile(r"(?P<stem>.+?)\.ipynb(?:[\W_].*)?", re.IGNORECASE | re.DOTALL)
_HEAD = 4096


@dataclass(frozen=True)
class Candidate:
    """A notebook of a submission.

    Args:
        path: its path in the submission, or in the zip file.
        content: its bytes.
        archive: the path of the zip file that it is in; None if it is in none.
    """

    path: PurePosixPath
    content: bytes
    archive: PurePosixPath | None = None

    @property
    def name(self) -> str:
        return shorten(self.path)

    @property
    def full_name(self) -> str:
        return f"{shorten(self.archive)}/{self.name}" if self.archive else self.name

    @property
    def stem(self) -> str:
        return replace_surrogates(find_stem(self.path))[:MOST_SHOWN]


def find_stem(path: PurePosixPath) -> str:
    """The name of a notebook without its suffix, whatever was added behind it.

    Example:
        >>> [find_stem(PurePosixPath(n)) for n in ("lab.ipynb", "lab.ipynb.txt", "lab.json")]
        ['lab', 'lab', 'lab']
    """
    match = _NOTEBOOK_NAME.fullmatch(path.name)
    return match["stem"] if match else path.stem


def is_notebook(path: PurePosixPath, content: bytes) -> bool:
    """Whether a file is a notebook, by its name or else by its content.

    Example:
        >>> is_notebook(PurePosixPath("lab.json"), b'{"cells": [{"cell_type": "code"}]}')
        True
        >>> is_notebook(PurePosixPath("data.json"), b'{"cells": 3}')
        False
    """
    if _NOTEBOOK_NAME.fullmatch(path.name):
        return True
    if not _begins_as_object(content[:_HEAD]):
        return False
    return '"cell_type"' in content.decode(json.detect_encoding(content), "ignore")


def _begins_as_object(head: bytes) -> bool:
    return head.decode(json.detect_encoding(head), "ignore").lstrip("\ufeff \t\r\n")[:1] == "{"


def shorten(path: PurePath) -> str:
    """A path for a sentence."""
    return replace_surrogates(path.as_posix())[:MOST_SHOWN]


def find_candidates(folder: Path) -> list[Candidate]:
    """Find every notebook of a submission, those in zip files too.

    Raises:
        AutograderError: A file is too large or damaged, or there are too many notebooks.
    """
    found: list[Candidate] = []
    left = _MOST_IN_ALL
    for path in sorted(folder.rglob("*")):
        if ".ipynb_checkpoints" in path.parts or not path.is_file() or path.is_symlink():
            continue
        within = PurePosixPath(path.relative_to(folder).as_posix())
        content = _read_likely(path)
        if content is None:
            continue
        left -= len(content)
        if left < 0:
            raise AutograderError(
                f"the notebooks and zip files have more than {2 * MOST_BYTES / 2**20:.0f} MB"
            )
        if _may_be_zip(within) and zipfile.is_zipfile(io.BytesIO(content)):
            new = _read_zip(within, content, min(left, MOST_BYTES))
        elif within.suffix.lower() != ".zip":
            new = [Candidate(within, content)]
        else:
            continue
        found += new
        left -= sum(len(candidate.content) for candidate in new if candidate.archive)
        if left < 0 or len(found) > _MOST_NOTEBOOKS:
            raise AutograderError(
                f"the submission has more than {_MOST_NOTEBOOKS} notebooks or "
                f"{_MOST_IN_ALL // 2**20} MB of them: submit one notebook, without old copies"
            )
    return found


def _may_be_zip(path: PurePosixPath) -> bool:
    return path.suffix.lower() == ".zip" or _NOTEBOOK_NAME.fullmatch(path.name) is not None


def _read_likely(path: Path) -> bytes | None:
    """Read a file that is a notebook or a zip file; None for any other file."""
    is_named = _may_be_zip(PurePosixPath(path.name))
    size = path.stat().st_size
    if is_named and size > MOST_BYTES:
        raise AutograderError(
            f"{path.name} has {size / 2**20:.0f} MB; the maximum is "
            f"{MOST_BYTES / 2**20:.0f} MB: clear its outputs and submit it again"
        )
    if is_named:
        return path.read_bytes()
    with path.open("rb") as file:
        if size > MOST_BYTES or not _begins_as_object(file.read(_HEAD)):
            return None
    content = path.read_bytes()
    return content if is_notebook(PurePosixPath(path.name), content) else None


def _read_zip(archive: PurePosixPath, content: bytes, most: int) -> list[Candidate]:
    """Read the notebooks in a zip file without unpacking anything to the disk."""
    what = f"{most // 2**20} MB of notebooks"
    files = _unpack(content, most, f"{shorten(archive)} unpacks to more than {what}", True)
    try:
        found = [Candidate(path, data, archive) for path, data in files]
    except DAMAGED_ZIP as error:
        raise AutograderError(f"{shorten(archive)} cannot be unpacked: {error}") from error
    return found[: _MOST_NOTEBOOKS + 1]


def _unpack(
    content: bytes, most: int, too_large: str, notebooks: bool
) -> Iterator[tuple[PurePosixPath, bytes]]:
    """Yield the notebooks in a zip file, or all its other files.

    Raises:
        AutograderError: They have more than `most` bytes.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for path, problem, entry in list_entries(archive):
            is_named = _NOTEBOOK_NAME.fullmatch(path.name) is not None
            if problem or (is_named and not notebooks):
                continue
            with archive.open(entry) as file:
                head = file.read(min(_HEAD, most + 1))
                if notebooks and not is_named and not _begins_as_object(head):
                    continue
                # A header may state a wrong size: never read more than allowed in total.
                data = head + file.read(most + 1 - len(head))
            if is_notebook(path, data) is not notebooks:
                continue
            most -= len(data)
            if most < 0:
                raise AutograderError(too_large)
            yield path, data


def read_zip_companions(content: bytes) -> dict[str, bytes]:
    """Read the files of a zip file that are not notebooks, by path.

    Raises:
        AutograderError: They are too large or too many.
    """
    too_large = f"the zip file unpacks to more than {MOST_BYTES // 2**20} MB"
    files: dict[str, bytes] = {}
    try:
        for path, data in _unpack(content, MOST_BYTES, too_large, False):
            if is_system_file(path) or str(path) in files:
                continue
            files[str(path)] = data
            if len(files) > _MOST_UNPACKED:
                raise AutograderError(f"the zip file holds more than {_MOST_UNPACKED} files")
    except DAMAGED_ZIP as error:
        raise AutograderError(f"the zip file cannot be unpacked: {error}") from error
    return files


def merge_files(lower: Mapping[str, bytes], upper: Mapping[str, bytes]) -> dict[str, bytes]:
    """Merge the files of two folders, by path; where two conflict, those of `upper` stay."""
    folders = {str(parent) for path in upper for parent in PurePosixPath(path).parents}
    kept = {
        path: content
        for path, content in lower.items()
        if path not in folders and not any(str(p) in upper for p in PurePosixPath(path).parents)
    }
    return {**kept, **upper}
