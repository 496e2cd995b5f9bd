"""Where an LMS' gradebook file has what."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from autograder.course.course import Lab
from autograder.errors import AutograderError

# Swiss, French and typographic separators of thousands.
_GROUPS = re.compile(r"(?<=\d)[\s'’\u00a0\u202f](?=\d{3})")
_THOUSANDS = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")
_DECIMAL_COMMA = re.compile(r"[\d.]*,(?!\d{3}$)\d*|[\d.]*\.\d{3},\d+|0,\d+")


@dataclass(frozen=True)
class GradebookLayout:
    """The columns of a gradebook file, and what the LMS accepts in it.

    Args:
        kept: the columns to upload, in order.
        grade: the column of the marks.
        max_points: of a row, the points that the LMS has for this lab; None where it doesn't say.
        is_locked: of a row, whether the LMS takes no mark for it.
        refuses_bonus: whether the LMS drops marks above its maximum.
        decimal_comma: whether numbers have a decimal comma.
        quote_all: whether to quote every cell.
        keeps_utf_16: whether a file in UTF-16 goes back in UTF-16; else in UTF-8.
    """

    kept: list[int]
    grade: int
    max_points: Callable[[list[str]], float | None]
    is_locked: Callable[[list[str]], bool] = lambda row: False
    refuses_bonus: bool = False
    decimal_comma: bool = False
    quote_all: bool = False
    keeps_utf_16: bool = False


def find_grade_column(
    titles: Mapping[int, str], rows: Sequence[list[str]], lab: Lab, column: str | None, file: str
) -> int:
    """Find the one column of marks that belongs to a lab.

    Args:
        titles: by column, the title of each assignment, without what the LMS adds to it.
        rows: the rows of the file, the header first.
        lab: the lab.
        column: the name of the column; None looks for the lab's title or name.
        file: what the file is called, for the error.

    Raises:
        AutograderError: no column, or more than one, has that name.
    """
    header = [name.strip() for name in rows[0]]
    wanted = [column] if column else [lab.title, lab.name]
    folded = {name.casefold() for name in wanted if name}
    found = [n for n in titles if {header[n].casefold(), titles[n].casefold()} & folded]
    if len(found) == 1:
        return found[0]
    names = " or ".join(map(repr, sorted(folded)))
    listed = "; ".join(header[n] for n in titles) or "none"
    raise AutograderError(
        f"{file} has {len(found) or 'no'} columns named {names}",
        f"name one with --column; its assignments: {listed}",
    )


def parse_points(text: str, decimal_comma: bool = False) -> float | None:
    """A number of points as an LMS in any language writes it; None for text without a number.

    Args:
        text: the text.
        decimal_comma: whether the file's other numbers have a decimal comma.

    Raises:
        AutograderError: the number can't be read.

    Example:
        >>> parse_points("1,000.00"), parse_points("1.000,00"), parse_points("10,5")
        (1000.0, 1000.0, 10.5)
        >>> parse_points("1,000"), parse_points("1.000"), parse_points("1.000", decimal_comma=True)
        (1000.0, 1.0, 1000.0)
    """
    number = _GROUPS.sub("", text.strip())
    if not any(letter.isdigit() for letter in number):
        return None
    if number.count(",") and number.count("."):
        comma = number.rindex(",") > number.rindex(".")
    elif number.count(",") == 1:
        comma = decimal_comma or not _THOUSANDS.fullmatch(number)
    else:
        comma = number.count(".") > 1 or (decimal_comma and bool(_THOUSANDS.fullmatch(number)))
    plain = number.replace(".", "").replace(",", ".") if comma else number.replace(",", "")
    try:
        return float(plain)
    except ValueError:
        raise AutograderError(
            f"the points {text!r} are not a number", "set the points in the LMS and export again"
        ) from None


def has_decimal_comma(rows: Sequence[list[str]], column: int) -> bool:
    """Whether the numbers of a column have a decimal comma; in `1,000` it separates thousands."""
    cells = (_GROUPS.sub("", row[column].strip()) for row in rows[1:] if len(row) > column)
    return any(map(_DECIMAL_COMMA.fullmatch, cells))
