"""Moodle.

Its download of all submissions names files `Name Surname_123_assignsubmission_file_/name.ipynb`, in
folders or not, and with or without the last underscore (Moodle 4.1 and later), as
`mod/assign/feedback/file/importziplib.php` reads it back. 123 is the participant's number in this
one assignment.

Its grading worksheet is read back by `mod/assign/feedback/offline`. Moodle finds its columns by
their names in the uploader's language, so the names stay as they are. The columns' order is the
same in every language.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from autograder.course.course import Lab
from autograder.course.roster_columns import ColumnNames, RosterColumns, find_roster_columns
from autograder.errors import AutograderError
from autograder.lms.gradebook_layout import GradebookLayout, has_decimal_comma, parse_points
from autograder.lms.lms import Lms
from autograder.lms.submitted_file import SubmittedFile

if TYPE_CHECKING:
    from autograder.lms.download import DownloadedFile

_PART = re.compile(r"(?P<name>[^_]+)_(?P<number>\d+)_assignsubmission_(?P<how>[a-z]+)_?(?P<own>.*)")
_PARTICIPANT = re.compile(r"\D+\s\d+")
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


class Moodle(Lms):
    """Moodle: numbers participants anew in each assignment, takes feedback and marks."""

    name = "moodle"
    title = "Moodle"
    column_names = {
        "participant": ("moodle_id", "moodle id", "identifier", "participant"),
        "submitted": ("last modified (submission)",),
    }
    gradebook = "a Moodle grading worksheet"
    gradebook_menu = "in Moodle: the assignment, Submissions, Download grading worksheet"
    takes_feedback = True
    lms_name = re.compile("_assignsubmission_")

    def read_part(self, file: DownloadedFile, place: int) -> SubmittedFile | None:
        match = _PART.fullmatch(file.path.parts[place])
        if match is None:
            return None
        own = [match["own"], *file.path.parts[place + 1 :]]
        return SubmittedFile(
            downloaded=file,
            path=PurePosixPath(*filter(None, own)),
            student=match["name"],
            name=match["name"],
            ids={"participant": match["number"]},
        )

    def roster_columns(self, rows: Sequence[list[str]], names: ColumnNames) -> RosterColumns | None:
        """The worksheet in any language: "Participant 123", the full name, …"""
        numbered = [bool(_PARTICIPANT.fullmatch(row[0].strip())) for row in rows[1:]]
        if not numbered or not all(numbered) or len(rows[0]) <= 5:
            return None
        columns = find_roster_columns(rows, names)
        # In German the participant's column is called "ID".
        id_column = columns.id or columns.ids.get("email")
        return replace(columns, id=id_column, name=1, ids={**columns.ids, "participant": 0})

    def gradebook_layout(
        self, rows: Sequence[list[str]], lab: Lab, column: str | None
    ) -> GradebookLayout:
        """All columns, with the marks in that of the grade."""
        header = [name.strip() for name in rows[0]]
        numbered = rows[1:] and all(re.search(r"\d$", row[0]) for row in rows[1:] if any(row))
        wanted = {column.casefold()} if column else _GRADE
        found = [n for n, name in enumerate(header) if name.casefold() in wanted]
        if not numbered or not found or found[0] + 1 >= len(header):
            raise AutograderError(
                f"this is not {self.gradebook}, or the name of its grade column is not known; its "
                f"columns are: {', '.join(header)}",
                f"{self.gradebook_menu}; name the column with --column",
            )
        grade = found[0]
        return GradebookLayout(
            kept=list(range(len(header))),
            grade=grade,
            max_points=lambda row: parse_points(row[grade + 1]),
            # "Grade can be changed" is the last column before the dates, in every language.
            is_locked=lambda row: any(
                cell.strip().casefold() in _NO for cell in row[grade + 2 : grade + 4]
            ),
            refuses_bonus=True,
            decimal_comma=has_decimal_comma(rows, grade + 1),
        )

    def feedback_name(self, student: str, file: SubmittedFile | None, page: str) -> str | None:
        """A folder of the participant's name and number."""
        if file is None:
            return None
        return f"{file.name}_{file.ids['participant']}_assignfeedback_file_/{page}"
