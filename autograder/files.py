"""Write files atomically, and make names and texts safe to write."""

from __future__ import annotations

import lzma
import os
import re
import struct
import tempfile
import unicodedata
import zipfile
import zlib
from pathlib import Path

from autograder.errors import AutograderError

LONGEST_NAME = 200  # bytes; every file system allows it, with a suffix
# Embeddings, overrides and isolates of Unicode's bidirectional algorithm.
_DIRECTIONS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_DEVICE = re.compile(r"con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³]", re.IGNORECASE)
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


def make_printable(text: str, keep: str = "") -> str:
    r"""Replace characters that move a terminal's cursor or change the order of a line's letters.

    Args:
        text: A text that a student may have written.
        keep: Control characters that stay, such as a newline.

    Example:
        >>> make_printable("\x1b[2Jlab.ipynb"), make_printable("Übung 1.ipynb")
        ('?[2Jlab.ipynb', 'Übung 1.ipynb')
        >>> make_printable("lab\u202ebynpi.exe")
        'lab?bynpi.exe'
    """
    if text.isprintable():
        return text
    shown = replace_surrogates(text)
    return "".join("?" if _is_control(c) and c not in keep else c for c in shown)


def _is_control(character: str) -> bool:
    """Whether a character is a control character, or one that turns the direction of text."""
    kind = unicodedata.category(character)
    return kind in ("Cc", "Zl", "Zp") or character in _DIRECTIONS


def escape_formula(cell: str) -> str:
    """Make a cell of a table harmless: no control characters, no formula for a spreadsheet.

    Example:
        >>> escape_formula("=HYPERLINK(1)"), escape_formula("lab.ipynb")
        ("'=HYPERLINK(1)", 'lab.ipynb')
    """
    cell = make_printable(cell)
    # Some spreadsheets ignore spaces before a formula; East Asian ones read wide letters.
    begins = cell.lstrip("' \u00a0\u3000")[:1]
    return f"'{cell}" if begins and begins in "=+-@＝＋－＠" else cell


def is_safe_name(name: str) -> bool:
    """Whether a name is valid for a file or folder on every system.

    Example:
        >>> is_safe_name("O'Brien, Zoë"), is_safe_name("../gradebook.db"), is_safe_name("a/b")
        (True, False, False)
    """
    bare = make_printable(name).strip(" .")
    odd = any(letter in '/\\:*?"<>|' for letter in name) or is_device_name(name)
    return bool(bare) and bare == name and not odd and len(name.encode()) <= LONGEST_NAME


def is_device_name(name: str) -> bool:
    """Whether Windows takes a name for a device, whatever its suffix.

    Example:
        >>> is_device_name("con.ipynb"), is_device_name("connie")
        (True, False)
    """
    return _DEVICE.fullmatch(name.partition(".")[0].rstrip()) is not None
