"""Names of files in zip files and folders: decoded, kept inside the folder, system files known."""

from __future__ import annotations

import contextlib
import stat
import unicodedata
import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath

from autograder.files import make_printable


def list_entries(archive: zipfile.ZipFile) -> Iterator[tuple[PurePosixPath, str, zipfile.ZipInfo]]:
    """Yield each file of an open zip file: its path, why it must not be read, and its entry.

    Folders and the files of macOS, Windows, Jupyter and version control are left out.
    """
    for entry in archive.filelist:
        if entry.filename.endswith("/"):  # is_dir() fails on an empty name
            continue
        path, leads_out = _parse_path(_decode_name(entry))
        if is_system_file(path):
            continue
        problem = ""
        if not path.parts:
            path, problem = PurePosixPath("unnamed"), "it has no name"
        elif leads_out:
            problem = f"its name leads out of the download: {entry.filename[:100]}"
        elif stat.S_ISLNK(entry.external_attr >> 16):
            problem = "it is a link, not a file"
        elif entry.flag_bits & 1:
            problem = "it is locked with a password"
        yield path, problem, entry


def is_system_file(path: PurePosixPath) -> bool:
    """Whether macOS, Windows, Jupyter or version control made the file."""
    return any(part.startswith((".", "__MACOSX", "Thumbs.db")) for part in path.parts)


def _decode_name(entry: zipfile.ZipInfo) -> str:
    """The entry's name; many programs write UTF-8 without the flag that says so."""
    if not entry.flag_bits & 0x800:
        with contextlib.suppress(UnicodeError):
            return entry.filename.encode("cp437").decode("utf-8")
    return entry.filename


def _parse_path(name: str) -> tuple[PurePosixPath, bool]:
    """The path that a zip file's entry names, and whether it leads out of the folder."""
    parts = unicodedata.normalize("NFC", make_printable(name)).replace("\\", "/").split("/")
    leads_out = name.startswith(("/", "\\")) or ".." in parts or parts[0].endswith(":")
    kept = [part for part in parts if part not in ("", ".", "..")]
    return PurePosixPath(*kept), leads_out
