"""Files written whole or not at all."""

from __future__ import annotations

import lzma
import os
import struct
import tempfile
import unicodedata
import zipfile
import zlib
from pathlib import Path

from autograder.errors import AutograderError

LONGEST_NAME = 200  # bytes; any disk takes it, and a suffix behind it
# What reading a zip file raises when it is damaged or packed in a way that Python doesn't know.
DAMAGED_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)


def write_whole(path: Path, content: str | bytes) -> None:
    """Write `content` beside `path`, flush it to the disk, and rename it into place.

    Raises:
        AutograderError: the disk is full or the folder can't be written; `path` is as it was.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:100]}-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content if isinstance(content, bytes) else writable(content).encode())
                file.flush()
                os.fsync(file.fileno())
            os.chmod(temporary, 0o644)
            os.replace(temporary, path)
        except BaseException:
            os.unlink(temporary)
            raise
    except OSError as error:
        raise AutograderError(
            f"can't write {path}: {error.strerror}", "make room or check its permissions; run again"
        ) from error


def writable(text: str) -> str:
    r"""The text without lone surrogates, which no file, terminal or database takes.

    Example:
        >>> writable("nach\ud800 Zürich")
        'nach? Zürich'
    """
    return text.encode("utf-8", "replace").decode()


def readable(name: str) -> str:
    r"""A file's name as it may be shown: without what would move a terminal's cursor.

    Example:
        >>> readable("\x1b[2Jlab.ipynb"), readable("Übung 1.ipynb")
        ('?[2Jlab.ipynb', 'Übung 1.ipynb')
    """
    return "".join("?" if unicodedata.category(c) == "Cc" else c for c in writable(name))


def inert(cell: str) -> str:
    """A table's cell that no spreadsheet takes for a formula, whatever a student called a file.

    Example:
        >>> inert("=HYPERLINK(1)"), inert("lab.ipynb")
        ("'=HYPERLINK(1)", 'lab.ipynb')
    """
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "'=", "'+", "'-", "'@")) else cell


def is_safe_name(name: str) -> bool:
    """Whether a name can be that of one file or folder, anywhere.

    Example:
        >>> is_safe_name("O'Brien, Zoë"), is_safe_name("../gradebook.db"), is_safe_name("a/b")
        (True, False, False)
    """
    bare = writable(name).strip(" .")
    odd = any(letter in '/\\:*?"<>|' or ord(letter) < 32 for letter in name)
    return bool(bare) and bare == name and not odd and len(name.encode()) <= LONGEST_NAME
