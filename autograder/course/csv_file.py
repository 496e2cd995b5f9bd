"""CSV files that other programs wrote, in any of the usual encodings and separators."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import AutograderError

_SEPARATOR = re.compile(r'"?sep=(?P<separator>[,;\t|])"?(?:\r\n|\n|\r)', re.IGNORECASE)


@dataclass(frozen=True)
class CsvFile:
    """A CSV file.

    Args:
        path: the file.
        rows: all its rows, the header first; none when it is empty.
        dialect: how it separates and quotes its cells.
        encoding: its encoding, as Python names it; it tells whether the file has a byte order mark.
            "cp1252" is what a spreadsheet made of an LMS' UTF-8.
    """

    path: Path
    rows: list[list[str]]
    dialect: type[csv.Dialect]
    encoding: str


def read_csv(path: Path) -> CsvFile:
    """Read a CSV file in UTF-8, UTF-16 or Windows-1252, separated by commas, semicolons or tabs.

    A first line `sep=;`, as spreadsheets write it, decides the separator and is left out.

    Raises:
        AutograderError: the file can't be read or is not such a table.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise AutograderError(f"can't read {path}: {error.strerror}", "check its name") from error
    text, encoding = _decode(path, content)
    stated = _SEPARATOR.match(text)
    if stated:
        text = text[stated.end() :]
    candidates = [stated["separator"]] if stated else list(",;\t")
    try:
        tables = [(_read_table(text, candidate), candidate) for candidate in candidates]
    except csv.Error as error:
        raise AutograderError(
            f"{path} is not a table that can be read: {error}", "export it again, as CSV"
        ) from error
    rows, separator = max(tables, key=lambda table: _rate_table(table[0]))

    class Dialect(csv.excel):
        delimiter = separator

    return CsvFile(path, rows, Dialect, encoding)


def _read_table(text: str, separator: str) -> list[list[str]]:
    # Any line end, also a lone CR; line ends in quotes stay.
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))


def _rate_table(rows: list[list[str]]) -> tuple[bool, float, int]:
    """How likely a separator is: titles may hold the others, but then rows differ in width."""
    widths = [len(row) for row in rows if any(map(str.strip, row))]
    if not widths:
        return False, 0.0, 0
    alike = sum(width == widths[0] for width in widths) / len(widths)
    return widths[0] > 1, alike, widths[0]


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


def _decode(path: Path, content: bytes) -> tuple[str, str]:
    """The text of a file without a byte order mark, and its encoding."""
    encoding = json.detect_encoding(content)
    try:
        return content.decode(encoding).removeprefix("\ufeff"), encoding
    except UnicodeDecodeError as error:
        if not encoding.startswith("utf-8"):
            raise AutograderError(
                f"{path} is not valid {encoding.upper()}: {error.reason} at byte {error.start}",
                "export it again, or save it as CSV UTF-8",
            ) from error
    try:
        return content.decode("cp1252"), "cp1252"
    except UnicodeDecodeError as error:
        raise AutograderError(
            f"{path} is not written in UTF-8: {error.reason} at byte {error.start}",
            "export it again, or save it as CSV UTF-8",
        ) from error
