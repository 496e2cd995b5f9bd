"""Moodle.

Its download of all submissions names files `Name Surname_123_assignsubmission_file_/name.ipynb`, in
folders or not, and with or without the last underscore (Moodle 4.1 and later), as
`mod/assign/feedback/file/importziplib.php` reads it back. 123 is the participant's number in this
one assignment.

Its grading worksheet is read back by `mod/assign/feedback/offline`. Moodle finds its columns by
their names in the uploader's language, so the names stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from autograder.course.course import Lab
from autograder.course.roster_columns import ColumnNames, RosterColumns, find_roster_columns
from autograder.errors import AutograderError
from autograder.lms.gradebook_layout import (
    GradebookLayout,
    find_grade_column,
    has_decimal_comma,
    parse_points,
)
from autograder.lms.lms import Lms
from autograder.lms.moodle_worksheet import NO, find_worksheet
from autograder.lms.submitted_file import SubmittedFile

if TYPE_CHECKING:
    from autograder.lms.download import DownloadedFile

_PART = re.compile(r"(?P<name>[^_]+)_(?P<number>\d+)_assignsubmission_(?P<how>[a-z]+)_?(?P<own>.*)")


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

    def read_download(
        self, files: list[DownloadedFile], lab: str, notebooks: Collection[str]
    ) -> Iterator[SubmittedFile]:
        """The files; in anonymous grading every name is the language's word for a participant."""
        submitted = list(super().read_download(files, lab, notebooks))
        named = [file for file in submitted if file.name]
        names = {file.name for file in named}
        numbers = {file.ids["participant"] for file in named}
        # The word for a participant is one word in every language.
        is_anonymous = len(names) == 1 and len(numbers) > 1 and " " not in names.pop()
        for file in submitted:
            if file.name and is_anonymous:
                number = file.ids["participant"]
                yield replace(file, student=f"{file.student}-{number}")
            else:
                yield file

    def roster_columns(self, rows: Sequence[list[str]], names: ColumnNames) -> RosterColumns | None:
        """The worksheet in any language: "Participant 123", the full name, …"""
        sheet = find_worksheet(rows)
        if sheet is None:
            return None
        columns = find_roster_columns(rows, names)
        id, ids = columns.id, {**columns.ids, "participant": sheet.participant}
        if sheet.email is not None:
            ids["email"] = sheet.email
        if id in (None, sheet.participant):  # in German and Japanese that one is called "ID"
            id = ids.get("email")
        return replace(
            columns,
            id=sheet.participant if sheet.name is None else id,
            name=sheet.participant if sheet.name is None else sheet.name,
            submitted=sheet.submitted,
            ids=ids,
            prefix=sheet.word if sheet.name is None else "",
        )

    def gradebook_layout(
        self, rows: Sequence[list[str]], lab: Lab, column: str | None
    ) -> GradebookLayout:
        """All columns, with the marks in that of the grade."""
        sheet = find_worksheet(rows)
        titles = {n: name.strip() for n, name in enumerate(rows[0])}
        if column:
            grade = find_grade_column(titles, rows, lab, column, self.gradebook)
        elif sheet:
            grade = sheet.grade
        else:
            raise AutograderError(
                f"this is not {self.gradebook}, or its grade column is not clear; its "
                f"columns are: {', '.join(titles.values())}",
                f"{self.gradebook_menu}; name the column with --column",
            )
        comma = has_decimal_comma(rows, grade + 1)
        changes = slice(grade + 2, grade + 4)
        return GradebookLayout(
            kept=list(range(len(titles))),
            grade=grade,
            max_points=lambda row: parse_points("".join(row[grade + 1 : grade + 2]), comma),
            is_locked=lambda row: any(cell.strip().casefold() in NO for cell in row[changes]),
            refuses_bonus=True,
            decimal_comma=comma,
        )

    def feedback_name(self, student: str, file: SubmittedFile | None, page: str) -> str | None:
        """A folder of the participant's name and number."""
        if file is None:
            return None
        return f"{file.name}_{file.ids['participant']}_assignfeedback_file_/{page}"
