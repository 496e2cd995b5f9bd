"""Moodle's grading worksheet, as `mod/assign/feedback/offline` reads it back.

Moodle finds its columns by their names in the language of whoever uploads the file; so they stay
as they are. The columns' order is the same in every language.
"""

from __future__ import annotations

import re

from autograder.errors import AutograderError
from autograder.export.lms_file import Layout

# "Grade" in languages that Moodle is much used in.
_GRADE = {
    "grade",
    "bewertung",
    "note",
    "calificación",
    "qualificació",
    "cijfer",
    "beoordeling",
    "valutazione",
    "voto",
    "nota",
    "avaliação",
    "ocena",
    "betyg",
    "karakter",
    "arvosana",
    "оценка",
    "оцінка",
    "not",
    "成绩",
    "成績",
    "評点",
}
_NO = {"no", "nein", "non", "nee", "não", "nie", "nej", "ei", "нет", "ні", "hayır", "否", "いいえ"}


def moodle_layout(rows: list[list[str]], column: str | None) -> Layout:
    """All columns, the marks in that of the grade.

    Args:
        rows: all of the worksheet.
        column: the grade's column, in a language that is not known here.

    Raises:
        AutograderError: it is no grading worksheet, or its grade column is not found.
    """
    header = [name.strip() for name in rows[0]]
    numbered = rows[1:] and all(re.search(r"\d$", row[0]) for row in rows[1:] if any(row))
    wanted = {column.casefold()} if column else _GRADE
    found = [n for n, name in enumerate(header) if name.casefold() in wanted]
    if not numbered or not found or found[0] + 1 >= len(header):
        raise AutograderError(
            f"this is no grading worksheet of Moodle's, or its column of grades is not known; "
            f"its columns are: {', '.join(header)}",
            "in Moodle: the assignment, Submissions, Download grading worksheet; name the column "
            "by --column",
        )
    grade = found[0]

    def most(row: list[str]) -> float | None:
        try:
            return float(row[grade + 1].replace(",", "."))
        except ValueError:
            return None

    return Layout(
        kept=list(range(len(header))),
        grade=grade,
        most=most,
        # "Grade can be changed" is the last column before the dates, whatever its name.
        locked=lambda row: any(
            cell.strip().casefold() in _NO for cell in row[grade + 2 : grade + 4]
        ),
        caps=True,
        comma=any("," in row[grade + 1] for row in rows[1:] if len(row) > grade + 1),
    )
