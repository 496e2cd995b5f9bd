"""A downloaded zip file or folder, read without unpacking it to the disk."""

from __future__ import annotations

import contextlib
import io
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO

from autograder.errors import AutograderError
from autograder.files import make_printable, replace_surrogates
from autograder.notebooks.reading.submitted_files import MOST_BYTES
from autograder.notebooks.reading.zip_entries import is_system_file, list_entries

_MOST_FILES = 200_000


@dataclass(frozen=True)
class DownloadedFile:
    """One file of a download.

    Args:
        path: where it is in the download.
        problem: why it can't be used; empty when it can.
        open: opens it.
    """

    path: PurePosixPath
    problem: str
    open: Callable[[], IO[bytes]]

    @classmethod
    def recorded(cls, path: str) -> DownloadedFile:
        """A file of an earlier download: only its name can be read."""
        return cls(PurePosixPath(path), "it was collected earlier", io.BytesIO)

    def read(self) -> bytes:
        """Read the file.

        Raises:
            AutograderError: it is too large, damaged, or must not be used.
        """
        if self.problem:
            raise AutograderError(self.problem)
        try:
            with self.open() as file:
                # A zip file's header may give a wrong size: never read more than is allowed.
                content = file.read(MOST_BYTES + 1)
        except (OSError, RuntimeError, zipfile.BadZipFile, NotImplementedError, EOFError) as error:
            raise AutograderError(f"it can't be read: {error}") from error
        if len(content) > MOST_BYTES:
            raise AutograderError(_too_large(MOST_BYTES))
        return content


@contextlib.contextmanager
def open_download(path: Path) -> Iterator[list[DownloadedFile]]:
    """Open a download; gives its files by path, without those of macOS, Windows and Jupyter.

    Raises:
        AutograderError: there is no such zip file or folder, or it is damaged.
    """
    if path.is_dir():
        yield sorted(_files_in_folder(path), key=lambda file: file.path)
        return
    try:
        with zipfile.ZipFile(path) as archive:
            yield sorted(files_in_zip(archive), key=lambda file: file.path)
    except FileNotFoundError:
        raise AutograderError(f"there is no {path}", "check the path of your download") from None
    except (OSError, zipfile.BadZipFile) as error:
        raise AutograderError(
            f"{path} is neither a folder nor a whole zip file: {error}", "download it again"
        ) from error


def files_in_zip(archive: zipfile.ZipFile) -> Iterator[DownloadedFile]:
    """List the files of an open zip file.

    Raises:
        AutograderError: it has more files than any class submits.
    """
    if len(archive.filelist) > _MOST_FILES:
        raise AutograderError(f"the zip file holds {len(archive.filelist)} files")
    for path, problem, entry in list_entries(archive):
        if not problem and entry.file_size > MOST_BYTES:
            problem = _too_large(entry.file_size)
        yield DownloadedFile(path, problem, partial(archive.open, entry))


def _files_in_folder(folder: Path) -> Iterator[DownloadedFile]:
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        inside = PurePosixPath(unicodedata.normalize("NFC", make_printable(name)))
        if path.is_dir() or is_system_file(inside):
            continue
        problem = ""
        if path.is_symlink() or not path.is_file():
            problem = "it is a link, not a file"
        elif replace_surrogates(name) != name:
            problem = "its name is not valid UTF-8; rename it and collect again"
        elif path.stat().st_size > MOST_BYTES:
            problem = _too_large(path.stat().st_size)
        yield DownloadedFile(inside, problem, partial(_open_file, path))


def _open_file(path: Path) -> IO[bytes]:
    return path.open("rb")


def _too_large(size: int) -> str:
    return f"it has more than {min(size, MOST_BYTES) // 2**20} MB; clear the notebook's outputs"
