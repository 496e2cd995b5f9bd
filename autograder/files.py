"""Write files atomically, and make names and texts safe to write."""

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

LONGEST_NAME = 200  # bytes; every file system allows it, with a suffix
# The errors of reading a zip file that is damaged or packed in a way that Python does not support.
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


def write_atomically(path: Path, content: str | bytes) -> None:
    """Write a file completely or not at all.

    Writes `content` to a temporary file in the same folder, flushes it to the disk and renames it.

    Raises:
        AutograderError: The disk is full or the folder is not writable; `path` is unchanged.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:100]}-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(
                    content if isinstance(content, bytes) else replace_surrogates(content).encode()
                )
                file.flush()
                os.fsync(file.fileno())
            os.chmod(temporary, 0o644)
            os.replace(temporary, path)
        except BaseException:
            os.unlink(temporary)
            raise
    except OSError as error:
        raise AutograderError(
            f"cannot write {path}: {error.strerror}",
            "free disk space or check the permissions, then run again",
        ) from error


def replace_surrogates(text: str) -> str:
    r"""Replace lone surrogates, which files, terminals and databases cannot store.

    Example:
        >>> replace_surrogates("nach\ud800 Zürich")
        'nach? Zürich'
    """
    return text.encode("utf-8", "replace").decode()


def make_printable(name: str) -> str:
    r"""Replace control characters in a file name: they would move a terminal's cursor.

    Example:
        >>> make_printable("\x1b[2Jlab.ipynb"), make_printable("Übung 1.ipynb")
        ('?[2Jlab.ipynb', 'Übung 1.ipynb')
    """
    return "".join("?" if unicodedata.category(c) == "Cc" else c for c in replace_surrogates(name))


def escape_formula(cell: str) -> str:
    """Escape a table cell that a spreadsheet would run as a formula.

    Example:
        >>> escape_formula("=HYPERLINK(1)"), escape_formula("lab.ipynb")
        ("'=HYPERLINK(1)", 'lab.ipynb')
    """
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "'=", "'+", "'-", "'@")) else cell


def is_safe_name(name: str) -> bool:
    """Whether a name is valid for a file or folder on every system.

    Example:
        >>> is_safe_name("O'Brien, Zoë"), is_safe_name("../gradebook.db"), is_safe_name("a/b")
        (True, False, False)
    """
    bare = replace_surrogates(name).strip(" .")
    odd = any(letter in '/\\:*?"<>|' or ord(letter) < 32 for letter in name)
    return bool(bare) and bare == name and not odd and len(name.encode()) <= LONGEST_NAME
