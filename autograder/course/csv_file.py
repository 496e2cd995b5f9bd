"""CSV files that other programs wrote, in any of the usual encodings and separators."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import AutograderError


@dataclass(frozen=True)
class CsvFile:
    """A CSV file.

    Args:
        path: the file.
        rows: all its rows, the header first; none when it is empty.
        dialect: how it separates and quotes its cells.
        encoding: its encoding, as Python names it; it tells whether the file has a byte order mark.
    """

    path: Path
    rows: list[list[str]]
    dialect: type[csv.Dialect]
    encoding: str


def read_csv(path: Path) -> CsvFile:
    """Read a CSV file in UTF-8 or UTF-16, separated by commas, semicolons or tabs.

    Raises:
        AutograderError: the file can't be read or is not such a table.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise AutograderError(f"can't read {path}: {error.strerror}", "check its name") from error
    encoding = _encoding(content)
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise AutograderError(
            f"{path} is not written in UTF-8: {error.reason} at byte {error.start}",
            "export it again, or save it as CSV UTF-8",
        ) from error

    # A title in quotes may hold commas.
    unquoted = re.sub(r'"[^"]*"', "", text.partition("\n")[0])

    class Dialect(csv.excel):
        delimiter = max(",;\t", key=unquoted.count)

    try:
        return CsvFile(path, list(csv.reader(io.StringIO(text), Dialect)), Dialect, encoding)
    except csv.Error as error:
        raise AutograderError(
            f"{path} is not a table that can be read: {error}", "export it again, as CSV"
        ) from error


def format_csv(rows: Iterable[list[str]], dialect: type[csv.Dialect], quote_all: bool) -> str:
    """Write rows as the text of a CSV file with Windows line ends.

    Args:
        rows: the rows.
        dialect: how to separate and quote cells.
        quote_all: quote every cell, not only those that need it.
    """
    text = io.StringIO()
    writer = csv.writer(
        text,
        dialect,
        quoting=csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL,
        lineterminator="\r\n",
    )
    writer.writerows(rows)
    return text.getvalue()


def _encoding(content: bytes) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    if content[1:2] == b"\0":
        return "utf-16-le"
    return "utf-8-sig" if content.startswith(b"\xef\xbb\xbf") else "utf-8"
